// What a look is made of, in one table: parameters with their limits, and the themes, each a whole person.
// Strict JSON after `export default`, so that the show reads it too. A colour that `follows` another keeps its distance to it.
export default {
"groups": ["face", "eyes", "hair", "wears", "outfit"],
"params": {
 "skin": {"kind": "colour", "group": "face"},
 "face_width": {"kind": "number", "min": 0.9, "max": 1.12, "step": 0.01, "default": 1, "group": "face"},
 "jaw": {"kind": "number", "min": 0, "max": 1, "step": 0.01, "default": 0.1, "group": "face"},
 "chin": {"kind": "number", "min": -1, "max": 1, "step": 0.01, "default": 0, "group": "face"},
 "cheek": {"kind": "number", "min": 0, "max": 1, "step": 0.01, "default": 0.5, "group": "face"},
 "ears": {"kind": "choice", "options": ["none", "human", "elf", "cat", "fox", "bunny"], "group": "face"},
 "nose": {"kind": "choice", "options": ["dot", "button", "straight", "broad", "strong"], "group": "face"},
 "nose_size": {"kind": "number", "min": 0.8, "max": 1.3, "step": 0.01, "default": 1, "group": "face"},
 "mouth_width": {"kind": "number", "min": 0.75, "max": 1.4, "step": 0.01, "default": 1, "group": "face"},
 "lips": {"kind": "number", "min": 0, "max": 1, "step": 0.01, "default": 0, "group": "face"},
 "lip_colour": {"kind": "colour", "group": "face"},
 "fang": {"kind": "flag", "group": "face"},
 "freckles": {"kind": "flag", "group": "face"},
 "wrinkles": {"kind": "number", "min": 0, "max": 1, "step": 0.01, "default": 0, "group": "face"},
 "face_mark": {"kind": "choice", "options": ["none", "mole", "plaster", "scar", "paint", "circuit"], "group": "face"},
 "beard": {"kind": "choice", "options": ["none", "stubble", "moustache", "goatee", "full", "long"], "group": "face"},
 "beard_colour": {"kind": "colour", "group": "face", "follows": "hair_colour"},
 "eye_colour": {"kind": "colour", "group": "eyes"},
 "eye_shape": {"kind": "choice", "options": ["round", "almond", "sharp", "gentle", "narrow"], "group": "eyes"},
 "eye_size": {"kind": "number", "min": 0.8, "max": 1.2, "step": 0.01, "default": 1, "group": "eyes"},
 "eye_spacing": {"kind": "number", "min": 0.92, "max": 1.08, "step": 0.01, "default": 1, "group": "eyes"},
 "eye_tilt": {"kind": "number", "min": -1, "max": 1, "step": 0.01, "default": 0, "group": "eyes"},
 "iris_size": {"kind": "number", "min": 0.8, "max": 1.15, "step": 0.01, "default": 1, "group": "eyes"},
 "lashes": {"kind": "number", "min": 0, "max": 1, "step": 0.01, "default": 0.7, "group": "eyes"},
 "brow_thickness": {"kind": "number", "min": 0.6, "max": 2.2, "step": 0.01, "default": 1, "group": "eyes"},
 "brow_height": {"kind": "number", "min": -1, "max": 1, "step": 0.01, "default": 0, "group": "eyes"},
 "hair": {"kind": "choice", "options": ["long", "wavy", "bob", "ponytail", "twintails", "bun", "braids", "curls", "short", "spiky", "close", "buzz", "bald"], "group": "hair"},
 "fringe": {"kind": "choice", "options": ["straight", "swept", "blunt", "curtain", "tousled", "undercut", "quiff", "slick", "curls"], "group": "hair"},
 "locks": {"kind": "choice", "options": ["none", "wisp", "short", "long", "wavy", "braid"], "group": "hair"},
 "hair_volume": {"kind": "number", "min": 0.95, "max": 1.12, "step": 0.01, "default": 1, "group": "hair"},
 "tuft": {"kind": "flag", "group": "hair"},
 "hair_colour": {"kind": "colour", "group": "hair"},
 "hair_light": {"kind": "colour", "group": "hair", "follows": "hair_colour"},
 "hair_tip": {"kind": "colour", "group": "hair", "follows": "hair_colour"},
 "glasses": {"kind": "choice", "options": ["none", "round", "square", "cateye", "half", "sun", "visor"], "group": "wears"},
 "glasses_colour": {"kind": "colour", "group": "wears"},
 "headphones": {"kind": "choice", "options": ["none", "over", "bright", "headset", "earbuds", "pods"], "group": "wears"},
 "headphones_colour": {"kind": "colour", "group": "wears"},
 "earrings": {"kind": "choice", "options": ["none", "studs", "hoops", "drops", "cross"], "group": "wears"},
 "headwear": {"kind": "choice", "options": ["none", "star", "clips", "flower", "bow", "beret", "beanie", "cap"], "group": "wears"},
 "neckwear": {"kind": "choice", "options": ["none", "bow", "ribbon", "tie", "scarf", "necklace"], "group": "wears"},
 "choker": {"kind": "flag", "group": "wears"},
 "outfit": {"kind": "choice", "options": ["blazer", "cardigan", "hoodie", "tweed", "jacket", "tech", "tee", "sweater", "kimono", "dress"], "group": "outfit"},
 "outfit_colour": {"kind": "colour", "group": "outfit"},
 "shirt_colour": {"kind": "colour", "group": "outfit"},
 "accent": {"kind": "colour", "group": "outfit"},
 "shoulders": {"kind": "number", "min": 0.9, "max": 1.15, "step": 0.01, "default": 1, "group": "outfit"}
},
"themes": {
 "aiko": {
  "skin": "#ffe9de", "face_width": 1, "jaw": 0.02, "chin": 0, "cheek": 0.45, "ears": "cat", "nose": "dot", "nose_size": 1, "mouth_width": 1, "lips": 0, "lip_colour": "#e0607a", "fang": true, "freckles": false, "wrinkles": 0, "face_mark": "none", "beard": "none", "beard_colour": "#6a58d8",
  "eye_colour": "#1fb8c9", "eye_shape": "almond", "eye_size": 1.06, "eye_spacing": 1, "eye_tilt": 0.1, "iris_size": 1, "lashes": 0.9, "brow_thickness": 1, "brow_height": 0,
  "hair": "long", "fringe": "straight", "locks": "long", "hair_volume": 1, "tuft": true, "hair_colour": "#6a58d8", "hair_light": "#a99cff", "hair_tip": "#e58be6",
  "glasses": "none", "glasses_colour": "#3a3450", "headphones": "over", "headphones_colour": "#ff79b0", "earrings": "none", "headwear": "none", "neckwear": "bow", "choker": true,
  "outfit": "blazer", "outfit_colour": "#2b2d52", "shirt_colour": "#fbf8ff", "accent": "#ff79b0", "shoulders": 0.98
 },
 "ren": {
  "skin": "#ffe8d6", "face_width": 1.01, "jaw": 0.2, "chin": -0.1, "cheek": 0.4, "ears": "none", "nose": "dot", "nose_size": 1, "mouth_width": 1, "lips": 0, "lip_colour": "#d8604f", "fang": false, "freckles": true, "wrinkles": 0, "face_mark": "none", "beard": "none", "beard_colour": "#f0804f",
  "eye_colour": "#6dbb3a", "eye_shape": "round", "eye_size": 0.99, "eye_spacing": 1, "eye_tilt": 0, "iris_size": 0.97, "lashes": 0.5, "brow_thickness": 1.15, "brow_height": 0,
  "hair": "bob", "fringe": "swept", "locks": "short", "hair_volume": 1, "tuft": true, "hair_colour": "#f0804f", "hair_light": "#ffb37c", "hair_tip": "#f0804f",
  "glasses": "round", "glasses_colour": "#3a3440", "headphones": "bright", "headphones_colour": "#ffd35c", "earrings": "none", "headwear": "star", "neckwear": "ribbon", "choker": false,
  "outfit": "cardigan", "outfit_colour": "#2f7f86", "shirt_colour": "#fffaf0", "accent": "#ffd35c", "shoulders": 1
 },
 "zuri": {
  "skin": "#98603f", "face_width": 0.98, "jaw": 0.18, "chin": 0.15, "cheek": 0.65, "ears": "human", "nose": "broad", "nose_size": 0.95, "mouth_width": 1.2, "lips": 0.85, "lip_colour": "#c8405c", "fang": false, "freckles": false, "wrinkles": 0, "face_mark": "none", "beard": "none", "beard_colour": "#3a241f",
  "eye_colour": "#a8661f", "eye_shape": "almond", "eye_size": 1, "eye_spacing": 1, "eye_tilt": 0.25, "iris_size": 1, "lashes": 1, "brow_thickness": 1.15, "brow_height": 0.1,
  "hair": "curls", "fringe": "curls", "locks": "none", "hair_volume": 1, "tuft": false, "hair_colour": "#3a241f", "hair_light": "#8a5a3c", "hair_tip": "#3a241f",
  "glasses": "none", "glasses_colour": "#2a2030", "headphones": "none", "headphones_colour": "#ffc24a", "earrings": "hoops", "headwear": "flower", "neckwear": "necklace", "choker": false,
  "outfit": "jacket", "outfit_colour": "#3f6fa8", "shirt_colour": "#fff1d6", "accent": "#ffc24a", "shoulders": 0.96
 },
 "kai": {
  "skin": "#e9b48c", "face_width": 0.95, "jaw": 0.5, "chin": 0.95, "cheek": 0.2, "ears": "human", "nose": "straight", "nose_size": 1.05, "mouth_width": 1.12, "lips": 0, "lip_colour": "#b9604f", "fang": false, "freckles": false, "wrinkles": 0, "face_mark": "plaster", "beard": "none", "beard_colour": "#343750",
  "eye_colour": "#5a7fd6", "eye_shape": "sharp", "eye_size": 0.92, "eye_spacing": 1, "eye_tilt": 0.05, "iris_size": 0.97, "lashes": 0.1, "brow_thickness": 1.55, "brow_height": -0.3,
  "hair": "close", "fringe": "undercut", "locks": "none", "hair_volume": 1, "tuft": false, "hair_colour": "#343750", "hair_light": "#7c8cc0", "hair_tip": "#343750",
  "glasses": "none", "glasses_colour": "#2a2030", "headphones": "headset", "headphones_colour": "#58e0c0", "earrings": "none", "headwear": "none", "neckwear": "none", "choker": false,
  "outfit": "hoodie", "outfit_colour": "#e8604c", "shirt_colour": "#fff6ea", "accent": "#fff0d8", "shoulders": 1.1
 },
 "emil": {
  "skin": "#f3cdb4", "face_width": 1.05, "jaw": 0.75, "chin": 0.7, "cheek": 0.6, "ears": "human", "nose": "strong", "nose_size": 1.05, "mouth_width": 1.1, "lips": 0, "lip_colour": "#b8705f", "fang": false, "freckles": false, "wrinkles": 0.75, "face_mark": "none", "beard": "full", "beard_colour": "#cfd0d6",
  "eye_colour": "#6f8fa6", "eye_shape": "narrow", "eye_size": 1, "eye_spacing": 1, "eye_tilt": -0.25, "iris_size": 0.95, "lashes": 0, "brow_thickness": 2, "brow_height": 0.05,
  "hair": "close", "fringe": "slick", "locks": "none", "hair_volume": 1, "tuft": false, "hair_colour": "#c3c4cc", "hair_light": "#eceef2", "hair_tip": "#c3c4cc",
  "glasses": "square", "glasses_colour": "#4a2f28", "headphones": "none", "headphones_colour": "#8c2f3c", "earrings": "none", "headwear": "none", "neckwear": "tie", "choker": false,
  "outfit": "tweed", "outfit_colour": "#7d6a4c", "shirt_colour": "#f7f3ea", "accent": "#9c3342", "shoulders": 1.12
 },
 "vega": {
  "skin": "#c4dcf6", "face_width": 0.96, "jaw": 0.3, "chin": 0.35, "cheek": 0.3, "ears": "elf", "nose": "dot", "nose_size": 1.1, "mouth_width": 1, "lips": 0.3, "lip_colour": "#7a6ad0", "fang": false, "freckles": false, "wrinkles": 0, "face_mark": "circuit", "beard": "none", "beard_colour": "#eef2ff",
  "eye_colour": "#c44df0", "eye_shape": "sharp", "eye_size": 1.05, "eye_spacing": 1, "eye_tilt": 0.35, "iris_size": 1, "lashes": 0.6, "brow_thickness": 0.8, "brow_height": 0.2,
  "hair": "close", "fringe": "quiff", "locks": "none", "hair_volume": 1, "tuft": false, "hair_colour": "#eef2ff", "hair_light": "#ffffff", "hair_tip": "#b9c8ff",
  "glasses": "none", "glasses_colour": "#32304a", "headphones": "none", "headphones_colour": "#49e0ff", "earrings": "drops", "headwear": "none", "neckwear": "none", "choker": false,
  "outfit": "tech", "outfit_colour": "#e3e9fa", "shirt_colour": "#2d3560", "accent": "#45e3ff", "shoulders": 1
 }
}
};
