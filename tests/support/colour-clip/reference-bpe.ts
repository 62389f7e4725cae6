import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/**
 * CLIP's byte-pair encoding from its original merges file, written from the description of the
 * algorithm (Sennrich et al. 2016; bytes as symbols, Radford et al. 2019) and as slowly as that
 * reads: an oracle for the tokenizer of a pack.
 */
export class ReferenceBpe {
  readonly #rank = new Map<string, number>()
  readonly #id = new Map<string, number>()
  readonly #symbolOfByte: readonly string[]

  /** @param mergesFile `bpe_simple_vocab_16e6.txt.gz` */
  constructor(mergesFile: string) {
    // Printable bytes stand for themselves, the others for the characters from U+0100 on.
    const isPrintable = (byte: number): boolean =>
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad)
    let next = 0x100
    this.#symbolOfByte = Array.from({ length: 256 }, (_, byte) =>
      String.fromCodePoint(isPrintable(byte) ? byte : next++),
    )
    const bytes = [...Array(256).keys()]
    const alphabet = [
      ...bytes.filter(isPrintable),
      ...bytes.filter((byte) => !isPrintable(byte)),
    ].map((byte) => this.#symbolOfByte[byte])
    const lines = gunzipSync(readFileSync(mergesFile)).toString('utf8').split('\n')
    const merges = lines.slice(1, 49152 - 256 - 2 + 1).map((line) => line.split(' '))
    merges.forEach((pair, rank) => this.#rank.set(pair.join(' '), rank))
    const tokens = [
      ...alphabet,
      ...alphabet.map((symbol) => `${symbol}</w>`),
      ...merges.map((pair) => pair.join('')),
    ]
    tokens.forEach((token, id) => this.#id.set(token, id))
  }

  /** Ids of a text between start (49406) and end (49407). */
  encode(text: string): number[] {
    const clean = text.normalize('NFC').replace(/\s+/gu, ' ').trim().toLowerCase()
    const pieces = clean.match(/'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu) ?? []
    return [49406, ...pieces.flatMap((piece) => this.#encodePiece(piece)), 49407]
  }

  #encodePiece(piece: string): number[] {
    let symbols = [...Buffer.from(piece, 'utf8')].map((byte) => this.#symbolOfByte[byte])
    symbols[symbols.length - 1] += '</w>'
    for (;;) {
      let best = Infinity
      for (let i = 0; i + 1 < symbols.length; i++) {
        best = Math.min(best, this.#rank.get(`${symbols[i]} ${symbols[i + 1]}`) ?? Infinity)
      }
      if (best === Infinity) break
      const merged: string[] = []
      for (let i = 0; i < symbols.length; i++) {
        const pair = i + 1 < symbols.length ? `${symbols[i]} ${symbols[i + 1]}` : ''
        if (this.#rank.get(pair) === best) merged.push(symbols[i] + symbols[++i])
        else merged.push(symbols[i])
      }
      symbols = merged
    }
    return symbols.map((symbol) => this.#id.get(symbol) ?? NaN)
  }
}
