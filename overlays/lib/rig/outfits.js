// Clothes: shoulders, neck and chest, drawn 800 wide with the neck at 400; `look.js` scales them to the build of the person.

const MIRROR = "matrix(-1 0 0 1 800 0)";
const mirror = { transform: MIRROR };
const HALF = "M124 1076C128 930 138 860 166 812C184 780 208 766 238 754C288 732 332 722 350 690L412 690L412 1076Z";
const EDGE = HALF.slice(0, HALF.indexOf("L412"));
const NECK = "M354 520C356 610 354 660 326 700C340 740 370 776 400 800C430 776 460 740 474 700C446 660 444 610 446 520Z";
const CHIN = "M355 540C364 606 392 630 414 630C432 630 442 612 446 592L446 530Z";
const pair = (draw) => [draw({}), draw(mirror)];

const half = (k, bare, paint, at) => [
  k.path(HALF, paint, at), k.line(EDGE, bare ? k.color.skinLine : k.color.line, 5, at),
  bare ? null : k.line("M150 900C156 852 172 818 204 794", k.color.clothLight, 5, { ...at, opacity: 0.9 }),
  k.line("M220 1050C216 950 216 900 224 846", bare ? k.color.skinDeep : k.color.clothDark, bare ? 4 : 5, at),
];

/** Clothes by name: `front(k)` is drawn over the neck, `hood(k)` behind it, `bare` shoulders and arms show skin. */
const OUTFITS = {
  blazer: {
    front: (k) => {
      const c = k.color;
      return [
        k.ink("M328 694C316 740 330 900 372 1076L428 1076C470 900 484 740 472 694C458 736 434 766 400 790C366 766 342 736 328 694Z", c.shirt, c.line, 4),
        k.path("M334 784C352 792 376 800 400 802C424 800 448 792 466 784L462 840C436 822 364 822 338 840ZM344 880C352 920 362 960 376 1060L396 1060C380 960 368 910 366 860Z", c.shirtShade, { opacity: 0.6 }),
        pair((at) => k.ink("M336 684C320 700 318 724 326 748C342 770 366 786 392 796C384 760 352 728 336 684Z", c.shirt, c.line, 4, at)),
        pair((at) => k.ink("M334 694C310 706 296 722 286 744C310 800 350 870 384 1076L318 1076C296 920 262 830 246 752C280 734 318 722 334 694Z", c.clothLight, c.line, 4.5, at)),
        k.line("M330 712C322 722 312 732 300 742C322 800 358 870 386 1030M470 712C478 722 488 732 500 742C478 800 442 870 414 1030", c.accent, 5),
      ];
    },
  },
  cardigan: {
    front: (k) => {
      const c = k.color;
      return [
        k.ink("M330 700C346 750 372 776 400 792C428 776 454 750 470 700L486 720L460 1076L340 1076L314 720Z", c.shirt, c.line, 4),
        k.path("M350 770C380 806 420 806 450 770L446 850C420 826 380 826 354 850Z", c.shirtShade, { opacity: 0.7 }),
        pair((at) => k.ink("M342 1076C346 920 336 840 300 728C276 738 254 746 238 762C262 840 276 920 280 1076Z", c.clothLight, c.line, 4.5, at)),
        k.line("M262 772C284 848 296 930 300 1062M286 748C310 836 322 920 324 1062M538 772C516 848 504 930 500 1062M514 748C490 836 478 920 476 1062", c.cloth, 4, { opacity: 0.8 }),
        pair((at) => k.ink("M338 690C318 704 296 716 286 744C290 784 316 806 352 808C378 806 394 792 400 770C372 758 348 732 338 690Z", c.shirt, c.line, 4.5, at)),
        k.path("M288 752C294 784 318 804 352 806C376 804 392 792 400 772C386 784 370 790 350 788C322 786 302 774 288 752ZM512 752C506 784 482 804 448 806C424 804 408 792 400 772C414 784 430 790 450 788C478 786 498 774 512 752Z", c.shirtShade, { opacity: 0.8 }),
        k.path("M400 914a8 8 0 1 0 .1 0ZM400 968a8 8 0 1 0 .1 0Z", c.shirtShade, { stroke: c.line, "stroke-width": 3 }),
      ];
    },
  },
  hoodie: {
    hood: (k) => k.ink("M262 752C232 690 262 626 352 612L448 612C538 626 568 690 538 752Z", k.color.clothDark, k.color.line, 5),
    front: (k) => {
      const c = k.color;
      return [
        k.ink("M330 696C346 748 372 778 400 792C428 778 454 748 470 696C492 760 450 850 400 856C350 850 308 760 330 696Z", c.shirt, c.line, 4),
        k.path("M334 716C350 760 374 786 400 798C426 786 450 760 466 716C466 770 440 812 400 818C360 812 334 770 334 716Z", c.shirtShade, { opacity: 0.7 }),
        pair((at) => k.ink("M342 634C292 644 248 688 246 744C284 800 344 846 400 866C408 832 384 786 362 748C344 716 338 670 342 634Z", c.cloth, c.line, 5, at)),
        pair((at) => k.path("M342 646C318 660 302 690 306 722C324 776 366 818 396 846C396 816 374 776 356 744C344 714 340 676 342 646Z", c.clothLight, { ...at, opacity: 0.55 })),
        k.line("M400 866L400 1076", c.line, 4), k.line("M394 880L394 1076M406 880L406 1076", c.clothDark, 3, { "stroke-dasharray": "7 7" }),
        k.line("M352 830C346 870 346 910 352 950M448 830C454 866 452 894 446 926", c.line, 11), k.line("M352 830C346 870 346 910 352 950M448 830C454 866 452 894 446 926", c.accent, 6),
        k.line("M352 936L352 956M446 912L446 932", c.line, 13), k.line("M352 940L352 952M446 916L446 928", c.accentLight, 7),
      ];
    },
  },
  tweed: {
    front: (k) => {
      const c = k.color;
      return [
        k.ink("M326 694C330 740 350 790 400 870C450 790 470 740 474 694C460 736 434 772 400 796C366 772 340 736 326 694Z", c.shirt, c.line, 4),
        k.ink("M310 720C330 800 364 860 400 912C436 860 470 800 490 720L540 760L500 1076L300 1076L260 760Z", c.accentDark, c.line, 4),
        k.ink("M326 694C336 770 366 834 400 884C434 834 464 770 474 694C456 748 430 776 400 796C370 776 344 748 326 694Z", c.shirt, c.line, 4),
        k.line("M400 912L400 1076", c.line, 3.5), k.path("M412 936a6.5 6.5 0 1 0 .1 0ZM412 982a6.5 6.5 0 1 0 .1 0Z", c.accentLight, { stroke: c.line, "stroke-width": 3 }),
        k.line("M322 880C340 896 352 900 372 902", c.accentLight, 3.5, { opacity: 0.7 }),
        pair((at) => k.ink("M334 680C316 700 314 728 322 752C340 778 362 796 388 808C382 764 350 728 334 680Z", c.shirt, c.line, 4, at)),
        pair((at) => k.ink("M330 696C304 706 284 722 268 746L252 812L288 826L276 856C306 930 330 1000 352 1076L296 1076C270 960 244 860 226 762C270 738 312 726 330 696Z", c.clothLight, c.line, 4.5, at)),
        k.line("M286 750L262 806M306 734L290 806M300 850L280 852M318 880L296 886M330 930L308 936M342 980L320 986M514 750L538 806M494 734L510 806M500 850L520 852M482 880L504 886M470 930L492 936M458 980L480 986", c.cloth, 4, { "stroke-dasharray": "9 8", opacity: 0.75 }),
        k.line("M176 840C196 812 216 798 244 790M164 880C190 846 214 830 240 824M158 924C180 890 204 872 236 862M624 840C604 812 584 798 556 790M636 880C610 846 586 830 560 824M642 924C620 890 596 872 564 862", c.clothLight, 4, { "stroke-dasharray": "10 9", opacity: 0.8 }),
      ];
    },
  },
  jacket: {
    front: (k) => {
      const c = k.color;
      return [
        k.path("M300 716C330 712 345 690 352 668L448 668C455 690 470 712 500 716L520 1000L280 1000Z", c.skin),
        k.path(CHIN, c.skinDeep, { opacity: 0.8 }), k.path("M352 640C356 690 380 730 404 742C380 740 344 724 330 702Z", c.skinShade, { opacity: 0.8 }),
        k.line("M322 744C350 748 372 756 388 772M478 744C450 748 428 756 412 772", c.skinDeep, 4), k.line("M357 600C358 650 350 684 330 704M443 600C442 650 450 684 470 704", c.skinLine, 3.5),
        k.ink("M270 820C320 812 350 840 400 842C450 840 480 812 530 820L520 1076L280 1076Z", c.shirt, c.line, 4.5),
        k.line("M322 706L300 824M478 706L500 824", c.line, 15), k.line("M322 706L300 824M478 706L500 824", c.shirt, 8),
        pair((at) => k.ink("M318 692C300 706 262 728 222 750L226 1076L318 1076C300 960 284 880 292 800Z", c.cloth, c.line, 5, at)),
        pair((at) => k.ink("M336 676C316 690 286 704 258 712C236 754 232 800 244 838C262 826 282 812 300 806C304 766 318 716 336 676Z", c.clothLight, c.line, 5, at)),
        k.line("M322 700C300 716 280 724 266 726C250 756 246 786 252 816M478 700C500 716 520 724 534 726C550 756 554 786 548 816M278 840C276 900 284 980 298 1060M522 840C524 900 516 980 502 1060M160 870C190 862 214 862 238 870M640 870C610 862 586 862 562 870", c.shirtShine, 3, { "stroke-dasharray": "8 6", opacity: 0.8 }),
        k.path("M270 894a7 7 0 1 0 .1 0ZM276 960a7 7 0 1 0 .1 0Z", c.accent, { stroke: c.line, "stroke-width": 3 }),
      ];
    },
  },
  tech: {
    front: (k) => {
      const c = k.color;
      return [
        k.ink("M350 612C336 640 318 676 276 708C300 780 350 836 400 868C450 836 500 780 524 708C482 676 464 640 450 612C446 660 430 690 400 700C370 690 354 660 350 612Z", c.shirt, c.line, 5),
        k.path("M352 640C350 690 372 730 400 738C428 730 450 690 448 640C458 700 438 764 400 776C362 764 342 700 352 640Z", c.shirtShade, { opacity: 0.8 }),
        k.line("M344 648C342 706 366 750 400 762C434 750 458 706 456 648", c.accent, 6), k.line("M290 716C316 776 356 818 400 844C444 818 484 776 510 716", c.accent, 4),
        k.line("M400 868L400 930M400 990L400 1076M244 754C250 830 262 900 300 960L372 960M556 754C550 830 538 900 500 960L428 960", c.clothLight, 5),
        k.ink("M400 926L428 942L428 976L400 992L372 976L372 942Z", c.accent, c.line, 4.5), k.path("M400 938L416 948L416 968L400 958L384 968L384 948Z", c.accentShine, { opacity: 0.85 }),
        k.line("M166 830C190 800 220 784 250 776M634 830C610 800 580 784 550 776M140 960L200 946M660 960L600 946", c.accent, 6),
      ];
    },
  },
  tee: {
    front: (k) => {
      const c = k.color;
      return [
        k.ink("M326 698C340 744 370 772 400 776C430 772 460 744 474 698L492 712C480 766 440 804 400 806C360 804 320 766 308 712Z", c.clothLight, c.line, 4.5),
        k.path("M400 852L421 897L470 902L433 935L444 984L400 959L356 984L367 935L330 902L379 897Z", c.accent, { stroke: c.accentDark, "stroke-width": 5 }),
        k.path("M400 852L421 897L400 912L379 897Z", c.accentLight, { opacity: 0.7 }),
      ];
    },
  },
  sweater: {
    front: (k) => {
      const c = k.color;
      return [
        k.ink("M344 634C374 652 426 652 456 634C470 668 490 692 512 706C490 756 440 776 400 776C360 776 310 756 288 706C310 692 330 668 344 634Z", c.cloth, c.line, 5),
        k.path("M342 650C372 670 428 670 458 650L464 664C430 690 370 690 336 664Z", c.clothDark, { opacity: 0.7 }),
        k.line("M362 676L352 752M386 684L382 770M414 684L418 770M438 676L448 752M338 672L318 734M462 672L482 734", c.clothDark, 4, { opacity: 0.8 }),
        k.line("M250 850C300 880 500 880 550 850M246 900C300 930 500 930 554 900", c.accent, 14), k.line("M250 875C300 905 500 905 550 875", c.clothLight, 5, { "stroke-dasharray": "12 12" }),
      ];
    },
  },
  kimono: {
    front: (k) => {
      const c = k.color;
      return [
        k.ink("M474 690C460 760 400 850 316 960L352 1060C430 960 490 820 512 716Z", c.shirt, c.line, 4.5),
        k.ink("M326 690C340 760 420 860 520 1010L470 1076C380 960 312 820 288 716Z", c.accent, c.line, 4.5),
        k.line("M308 708C334 800 408 914 490 1062", c.accentLight, 5, { opacity: 0.8 }),
        k.ink("M176 966L624 966L628 1076L172 1076Z", c.accentDark, c.line, 4.5),
        k.path("M190 900a9 9 0 1 0 .1 0ZM216 890a9 9 0 1 0 .1 0ZM198 878a9 9 0 1 0 .1 0ZM572 850a9 9 0 1 0 .1 0ZM596 842a9 9 0 1 0 .1 0ZM580 830a9 9 0 1 0 .1 0Z", c.clothShine, { opacity: 0.75 }),
      ];
    },
  },
  dress: {
    bare: true,
    front: (k) => {
      const c = k.color;
      return [
        k.path(CHIN, c.skinDeep, { opacity: 0.8 }), k.line("M322 748C350 752 372 760 388 776M478 748C450 752 428 760 412 776", c.skinDeep, 4), k.line("M357 600C358 650 350 684 330 704M443 600C442 650 450 684 470 704", c.skinLine, 3.5),
        k.ink("M224 874C260 858 330 870 400 880C470 870 540 858 576 874L580 1076L220 1076Z", c.cloth, c.line, 5),
        k.ink("M152 862C180 836 210 846 232 862C262 838 296 846 318 868C344 848 376 854 400 878C424 854 456 848 482 868C504 846 538 838 568 862C590 846 620 836 648 862L654 922C628 936 600 934 574 918C548 940 512 940 486 922C462 940 426 940 400 922C374 940 338 940 314 922C288 940 252 940 226 918C200 934 172 936 146 922Z", c.clothLight, c.line, 4.5),
        k.line("M186 870C184 890 186 906 190 920M276 866C274 886 276 908 280 926M358 872C356 890 358 910 362 928M442 872C444 890 442 910 438 928M524 866C526 886 524 908 520 926M614 870C616 890 614 906 610 920", c.cloth, 4),
      ];
    },
  },
};

const TIES = {
  bow: (k, c) => k.g("bow",
    k.ink("M388 808L364 880L388 868L398 812ZM412 808L436 880L412 868L402 812Z", c.accentDark, c.line, 4),
    k.ink("M398 792C372 762 340 756 326 766C320 792 326 822 336 836C360 834 384 820 398 806ZM402 792C428 762 460 756 474 766C480 792 474 822 464 836C440 834 416 820 402 806Z", c.accent, c.line, 4),
    k.path("M396 800C376 800 352 808 336 834C360 832 382 820 396 806ZM404 800C424 800 448 808 464 834C440 832 418 820 404 806Z", c.accentDark, { opacity: 0.75 }),
    k.line("M334 776C346 776 356 782 366 788M466 776C454 776 444 782 434 788", c.accentLight, 4, { opacity: 0.9 }),
    k.ink("M384 786C392 780 408 780 416 786C420 796 420 804 416 814C408 820 392 820 384 814C380 804 380 796 384 786Z", c.accent, c.line, 4)),
  ribbon: (k, c) => k.g("bow",
    k.ink("M394 784L372 876L392 864L400 882L408 864L428 876L406 784Z", c.accentDark, c.line, 4),
    k.ink("M396 776C376 756 350 752 338 760C334 780 338 800 346 810C368 808 386 798 396 788ZM404 776C424 756 450 752 462 760C466 780 462 800 454 810C432 808 414 798 404 788Z", c.accent, c.line, 4),
    k.line("M348 768C358 768 366 772 374 778M452 768C442 768 434 772 426 778", c.accentLight, 4),
    k.ink("M388 772C394 766 406 766 412 772C416 780 416 786 412 794C406 800 394 800 388 794C384 786 384 780 388 772Z", c.accent, c.line, 4)),
  tie: (k, c) => k.g("bow",
    k.ink("M386 806C394 800 406 800 414 806L424 920L400 1076L376 920Z", c.accent, c.line, 4), k.path("M378 900L422 856L422 878L379 924ZM381 850L419 814L420 832L380 872Z", c.accentLight, { opacity: 0.8 }),
    k.ink("M380 776C392 770 408 770 420 776C422 788 418 802 412 810C404 814 396 814 388 810C382 802 378 788 380 776Z", c.accent, c.line, 4)),
  scarf: (k, c) => [
    k.ink("M300 676C340 708 460 708 500 676C526 692 530 730 510 752C450 794 350 794 290 752C270 730 274 692 300 676Z", c.accent, c.line, 5),
    k.path("M290 744C350 786 450 786 510 744C506 760 500 764 488 768C440 790 360 790 312 768C300 764 294 758 290 744Z", c.accentDark, { opacity: 0.7 }),
    k.line("M316 706C360 730 440 730 484 706", c.accentDark, 4.5),
    k.g("bow", k.ink("M432 764C470 760 486 774 488 800L500 930L432 936Z", c.accent, c.line, 5), k.line("M446 796C456 840 460 880 460 926M474 800L482 926", c.accentDark, 4))],
  necklace: (k, c) => [k.line("M334 712C352 770 380 796 400 800C420 796 448 770 466 712", c.accentDark, 6), k.line("M334 712C352 770 380 796 400 800C420 796 448 770 466 712", c.accent, 3.5),
    k.ink("M400 796C412 806 412 826 400 834C388 826 388 806 400 796Z", c.accent, c.line, 3.5)],
};

const CHOKER = (k, c) => [
  k.ink("M356 634C380 650 420 650 444 634L446 656C420 672 380 672 354 656Z", c.gear, c.line, 3.5), k.line("M358 643C382 657 418 657 442 643", c.accent, 4),
  k.ink("M400 662C410 662 416 670 414 680C412 690 388 690 386 680C384 670 390 662 400 662Z", "#ffd76a", c.line, 3), k.line("M390 676C396 679 404 679 410 676", c.line, 2.5)];

/** The body of a resolved look, and `sleeve`, the paints of its arm. */
export function body(k, v) {
  const c = k.color;
  const o = OUTFITS[v.outfit];
  const cloth = k.linear("cloth", [[0, c.clothLight], [0.34, c.cloth], [1, c.clothDark]], [0, 690, 0, 1060], { gradientUnits: "userSpaceOnUse" });
  const neck = k.linear("neck", [[0, c.skinDeep], [0.45, c.skinShade], [1, c.skin]]);
  const thick = 0.985 + v.jaw * 0.14;
  const wide = { transform: `matrix(${thick} 0 0 1 ${400 - 400 * thick} 0)` };
  const paint = o.bare ? c.skin : cloth;
  return {
    sleeve: { fill: cloth, light: c.clothLight, cuff: v.outfit === "tech" || v.outfit === "blazer" ? c.accent : c.clothLight, bare: Boolean(o.bare) },
    parts: [
      o.hood?.(k),
      ["L", "R"].map((s) => k.g(`shoulder${s}`, half(k, o.bare, paint, s === "R" ? mirror : {}))),
      o.bare ? k.path("M350 690L450 690L560 900L240 900Z", c.skin) : null,
      o.bare ? k.path(NECK, neck, wide) : k.ink(NECK, neck, c.skinLine, 3.5, wide),
      k.path(CHIN, c.skinDeep, { ...wide, opacity: 0.75 }),
      o.front(k),
      v.choker ? CHOKER(k, c) : null,
      TIES[v.neckwear]?.(k, c),
    ],
  };
}
