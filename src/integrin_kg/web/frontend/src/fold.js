// Words are found however they are typed: avb3 and AVB3 find αvβ3.

/** @type {Record<string, string>} */
const LATIN = { α: "a", β: "b", γ: "g", δ: "d", ε: "e", κ: "k", λ: "l", μ: "m", ω: "o" };

/** @param {string} text */
export function fold(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[α-ω]/g, (letter) => LATIN[letter] ?? letter);
}

/**
 * A test of whether a text has every word of `wanted`.
 * @param {string} wanted
 * @returns {(text: string) => boolean}
 */
export function having(wanted) {
  const words = fold(wanted).split(/\s+/);
  return (text) => {
    const folded = fold(text);
    return words.every((word) => folded.includes(word));
  };
}
