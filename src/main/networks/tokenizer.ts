import { readFile } from 'node:fs/promises'
import { Tokenizer } from '@huggingface/tokenizers'
import { LexmaskError } from '#shared/contract/errors.ts'

/** CLIP's own, for packs that do not say. */
const CLIP_CONTEXT_LENGTH = 77

export interface TokenizerSettings {
  /** Tokens of a text with its start and end; null takes what the files say, or CLIP's 77. */
  readonly contextLength: number | null
  /** Fills short texts of a batch; null takes what the files say, or the end token. */
  readonly padId: number | null
  /** `tokenizer_config.json`, parsed; {} when there is none. */
  readonly config: Readonly<Record<string, unknown>>
}

export interface TokenizedText {
  /** Start, text, end: at most `contextLength` ids. */
  readonly ids: readonly number[]
  /** The text was longer than the context and lost its end. */
  readonly isTruncated: boolean
}

interface TokenizerJson {
  readonly truncation?: { readonly max_length?: unknown } | null
  readonly padding?: { readonly pad_id?: unknown } | null
}

const countOrNull = (value: unknown): number | null =>
  // Some files write "no limit" as a number like 1e30.
  Number.isInteger(value) && (value as number) >= 3 && (value as number) < 1e6
    ? (value as number)
    : null

const idOrNull = (value: unknown): number | null =>
  Number.isInteger(value) && (value as number) >= 0 ? (value as number) : null

/** Text to token ids as the text tower of a CLIP pack wants them. */
export class ClipTokenizer {
  readonly contextLength: number
  readonly startId: number
  readonly endId: number
  readonly padId: number
  readonly #tokenizer: Tokenizer

  /**
   * @param json a parsed `tokenizer.json` of the Hugging Face tokenizers
   * @throws Error when it is none, or does not frame a text with one start and one end token
   */
  constructor(json: object, { contextLength, padId, config }: TokenizerSettings) {
    this.#tokenizer = new Tokenizer(json, config)
    // The empty text is the frame alone, whatever its tokens are called.
    const frame = this.#tokenizer.encode('').ids
    if (frame.length !== 2 || !frame.every(Number.isInteger)) {
      throw new Error(`it frames a text with ${frame.length} tokens, not with a start and an end`)
    }
    ;[this.startId, this.endId] = frame
    const { truncation, padding } = json as TokenizerJson
    this.contextLength =
      contextLength ??
      countOrNull(config.model_max_length) ??
      countOrNull(truncation?.max_length) ??
      CLIP_CONTEXT_LENGTH
    this.padId = padId ?? this.#padIdOf(config.pad_token) ?? idOrNull(padding?.pad_id) ?? this.endId
  }

  /** The end token stays where a text is cut: text towers read the vector at it. */
  encode(text: string): TokenizedText {
    const { ids } = this.#tokenizer.encode(text)
    if (ids.length <= this.contextLength) return { ids, isTruncated: false }
    return { ids: [...ids.slice(0, this.contextLength - 1), this.endId], isTruncated: true }
  }

  /** A pad token is written as its text, or as an object with it. */
  #padIdOf(token: unknown): number | null {
    const content =
      typeof token === 'object' && token !== null ? (token as { content?: unknown }).content : token
    if (typeof content !== 'string') return null
    return this.#tokenizer.token_to_id(content) ?? null
  }
}

/** @throws LexmaskError PACK_INVALID naming the file */
export async function openTokenizer(
  file: string,
  settings: TokenizerSettings,
): Promise<ClipTokenizer> {
  try {
    return new ClipTokenizer(JSON.parse(await readFile(file, 'utf8')) as object, settings)
  } catch (error) {
    throw new LexmaskError(
      'PACK_INVALID',
      `The tokenizer ${file} cannot be used: ${(error as Error).message}. Copy the pack again.`,
      { file },
    )
  }
}
