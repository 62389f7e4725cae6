import { basename } from 'node:path'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { LexmaskError } from '#shared/contract/errors.ts'
import type { SessionRole } from '#shared/contract/providers.ts'
import { normaliseRows } from '#shared/vocabulary/text-vectors.ts'

/** Opens and runs sessions; `SessionFactory` is one, which also takes the time. */
export interface SessionOpener {
  open(file: string, role: SessionRole): Promise<InferenceSession>
  run(session: InferenceSession, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>
}

/** A tensor as the session describes it. */
interface TensorSlot {
  readonly name: string
  readonly type: Tensor.Type
  /** null where the model leaves a dimension open; empty when the model does not say. */
  readonly shape: readonly (number | null)[]
}

function slotsOf(values: readonly InferenceSession.ValueMetadata[]): TensorSlot[] {
  return values.flatMap((value) =>
    value.isTensor
      ? [
          {
            name: value.name,
            type: value.type,
            // Open dimensions come as their names, or as numbers below 1.
            shape: value.shape.map((size) => (typeof size === 'number' && size > 0 ? size : null)),
          },
        ]
      : [],
  )
}

const hasRank = ({ shape }: TensorSlot, rank: number): boolean =>
  shape.length === 0 || shape.length === rank

/** A tensor that a tower needs, and by what it is known when the pack does not name it. */
export interface SlotQuery {
  readonly what: string
  /** The key of `model.json` that names it. */
  readonly key: string
  /** By the pack; null when it leaves that to the session. */
  readonly described: string | null
  /** What exports call it, the usual one first. */
  readonly usual: readonly string[]
  readonly rank: number
  readonly types: readonly Tensor.Type[]
}

/** One ONNX file of a CLIP pack: its tensors, and running it. */
export class Tower {
  readonly file: string
  readonly #opener: SessionOpener
  readonly #session: InferenceSession
  readonly #inputs: readonly TensorSlot[]
  readonly #outputs: readonly TensorSlot[]

  private constructor(file: string, opener: SessionOpener, session: InferenceSession) {
    this.file = file
    this.#opener = opener
    this.#session = session
    this.#inputs = slotsOf(session.inputMetadata)
    this.#outputs = slotsOf(session.outputMetadata)
  }

  /** @throws LexmaskError MODEL_UNREADABLE when the file is no model that can be loaded */
  static async open(file: string, role: SessionRole, opener: SessionOpener): Promise<Tower> {
    try {
      return new Tower(file, opener, await opener.open(file, role))
    } catch (error) {
      if (error instanceof LexmaskError) throw error
      throw new LexmaskError(
        'MODEL_UNREADABLE',
        `${basename(file)} is not a model that can be loaded (${(error as Error).message}). ` +
          'It may be damaged: copy the pack again.',
        { file },
        { cause: error },
      )
    }
  }

  invalid(what: string): LexmaskError {
    return new LexmaskError(
      'PACK_INVALID',
      `The model ${this.file} is not the CLIP tower that it should be: ${what}`,
      { file: this.file },
    )
  }

  /** @throws LexmaskError PACK_INVALID when there is none that fits, or several */
  input(query: SlotQuery): TensorSlot {
    return this.#find(this.#inputs, 'input', query)
  }

  /** @throws LexmaskError PACK_INVALID when there is none that fits, or several */
  output(query: SlotQuery): TensorSlot {
    return this.#find(this.#outputs, 'output', query)
  }

  /** The input of that name; null when the model does not have it. */
  inputNamed(name: string): TensorSlot | null {
    return this.#inputs.find((slot) => slot.name === name) ?? null
  }

  /** @throws LexmaskError PACK_INVALID when the model wants an input that nobody would feed */
  refuseOtherInputs(known: readonly string[]): void {
    const other = this.#inputs.find(({ name }) => !known.includes(name))
    if (!other) return
    throw this.invalid(
      `it wants an input "${other.name}", which Lexmask does not know. Install an export with only ${known.map((name) => `"${name}"`).join(' and ')}.`,
    )
  }

  #find(slots: readonly TensorSlot[], kind: 'input' | 'output', query: SlotQuery): TensorSlot {
    const { what, key, described, usual, rank, types } = query
    const list = slots
      .map(({ name, type, shape }) => `${name} ${type}[${shape.map((s) => s ?? '?').join(', ')}]`)
      .join('; ')
    const fits = (slot: TensorSlot): boolean => hasRank(slot, rank) && types.includes(slot.type)
    const named = described === null ? usual : [described]
    const found = named.flatMap((name) => slots.filter((slot) => slot.name === name))[0]
    if (found && !fits(found)) {
      throw this.invalid(
        `its ${kind} "${found.name}" should be ${what}: ${types.join(' or ')} with ${rank} dimensions. It has: ${list}. Install another export.`,
      )
    }
    if (found) return found
    if (described !== null) {
      throw this.invalid(
        `it has no ${kind} "${described}", which the pack's model.json names as "${key}". It has: ${list}. Correct "${key}".`,
      )
    }
    const fitting = slots.filter(fits)
    if (fitting.length === 1 && !NOT_PROJECTED.has(fitting[0].name)) return fitting[0]
    throw this.invalid(
      `it has no ${kind} that is plainly ${what}. It has: ${list}. Name it in the pack's model.json as "${key}", or install another export.`,
    )
  }

  /**
   * Run one batch and take an output of rows.
   *
   * @returns Float32Array // [count, dimension]
   * @throws LexmaskError INFERENCE_FAILED when the model does not run, PACK_INVALID when it gives
   *   something else than rows
   */
  async rows(
    feeds: Record<string, Tensor>,
    output: string,
    count: number,
    dimension: number | null,
  ): Promise<{ rows: Float32Array; dimension: number }> {
    const tensor = (await this.#run(feeds))[output]
    const { data, dims } = tensor
    const columns = dims[1]
    if (
      !(data instanceof Float32Array) ||
      dims.length !== 2 ||
      dims[0] !== count ||
      (dimension !== null && columns !== dimension)
    ) {
      throw this.invalid(
        `its output "${output}" is ${tensor.type}[${dims.join(', ')}], not float32[${count}, ${dimension ?? 'dimension'}]. Install another export.`,
      )
    }
    return { rows: data, dimension: columns }
  }

  /**
   * Run once and take several outputs.
   *
   * @throws LexmaskError INFERENCE_FAILED when the model does not run, PACK_INVALID when an output is
   *   not float32
   */
  async floats(
    feeds: Record<string, Tensor>,
    outputs: readonly string[],
  ): Promise<{ readonly data: Float32Array; readonly dims: readonly number[] }[]> {
    const tensors = await this.#run(feeds)
    return outputs.map((output) => {
      const { data, dims, type } = tensors[output]
      if (data instanceof Float32Array) return { data, dims }
      throw this.invalid(`its output "${output}" is ${type}, not float32. Install another export.`)
    })
  }

  async #run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
    try {
      return await this.#opener.run(this.#session, feeds)
    } catch (error) {
      throw new LexmaskError(
        'INFERENCE_FAILED',
        `The model ${this.file} did not run: ${(error as Error).message}`,
        { file: this.file },
        { cause: error },
      )
    }
  }
}

/** Outputs of a tower without its last projection: rows, and not in the common space. */
const NOT_PROJECTED = new Set(['pooler_output', 'last_hidden_state'])

/**
 * Rows whose direction is all that counts.
 *
 * @throws LexmaskError INFERENCE_FAILED for a row without direction
 */
export function unitRows(rows: Float32Array, dimension: number, tower: Tower): Float32Array {
  try {
    return normaliseRows(rows, dimension)
  } catch (error) {
    throw new LexmaskError(
      'INFERENCE_FAILED',
      `The model ${tower.file} gave a vector without direction: ${(error as Error).message}.`,
      { file: tower.file },
    )
  }
}
