/**
 * Position encoding of MemN2N (Sukhbaatar et al., "End-To-End Memory Networks", NIPS 2015, Sec. 4.1): word j of J is
 * weighted by (1 - j/J) - (k/d)(1 - 2j/J) in element k of d, both counted from 1.
 *
 * @param longest words of the longest sentence
 * @returns weights of sentences of 1, 2, ... `longest` words, one after the other, `width` numbers for each word
 */
export function positionWeights(longest: number, width: number): Float32Array {
  const weights = new Float32Array(((longest * (longest + 1)) / 2) * width)
  let at = 0
  for (let words = 1; words <= longest; words++) {
    for (let j = 1; j <= words; j++) {
      for (let k = 1; k <= width; k++) weights[at++] = 1 - j / words - (k / width) * (1 - (2 * j) / words)
    }
  }
  return weights
}
