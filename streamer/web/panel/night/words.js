// Numbers, times and sentences of the report, in its language.

/** `strings`: key to text; `lang`: BCP 47. Gives `t`, `has`, and the formats. */
export function wording(strings, lang) {
  const has = (key) => Object.prototype.hasOwnProperty.call(strings, key);
  const t = (key, params) => {
    const text = has(key) ? strings[key] : key;
    return params ? text.replace(/\{(\w+)\}/g, (whole, name) => (params[name] === undefined ? whole : String(params[name]))) : text;
  };
  const plain = new Intl.NumberFormat(lang);
  const one = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 });
  const two = (n) => String(n).padStart(2, "0");
  return {
    has,
    t,
    lang,
    number: (n) => plain.format(n),
    percent: (share) => whole.format(share),
    /** Seconds as `1.4 s` or `1:05`. */
    span: (s) => {
      if (s < 60) return t("night.seconds", { n: one.format(s < 10 ? Math.round(s * 10) / 10 : Math.round(s)) });
      const all = Math.round(s);
      return all < 3600 ? `${Math.floor(all / 60)}:${two(all % 60)}` : `${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
    },
    /** A place in the show: `0:04:07`. */
    clock: (s) => {
      const all = Math.max(0, Math.floor(s));
      return `${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
    },
    /** Dollars, with as many digits as say something. */
    money: (usd) => {
      const digits = usd > 0 && usd < 0.1 ? 4 : 2;
      return new Intl.NumberFormat(lang, { style: "currency", currency: "USD", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(usd);
    },
  };
}

/** The rule of moderation in words; `personal.mail` is worded by its first part, `list.profanity` by its last. */
export function ruleWords(w, rule) {
  const pieces = String(rule).split(".");
  const known = [rule, pieces[0], pieces[pieces.length - 1]].find((each) => w.has(`rule.${each}`));
  return known ? w.t(`rule.${known}`) : String(rule);
}
