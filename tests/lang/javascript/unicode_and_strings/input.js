const größe = "class NotAClass {}";
const text = `hello ${größe + name} // not a comment`;
const re = /function fake\(\)/g;
function ünïcode(π) { return π * $_private$; }
