import { stat } from 'node:fs/promises'
import { LexmaskError } from '#shared/contract/errors.ts'
import { boxFromXywh, clampBox, type Box, type XywhBox } from '#shared/geometry/box.ts'
import { isEmptyRle, rleBbox } from '#shared/geometry/rle-algebra.ts'
import type { Size } from '#shared/geometry/size.ts'
import { openImage } from '#main/imaging/decode-image.ts'
import type { BoxOrder, PointOrder, PromptedRegion } from '#main/inference/protocol.ts'
import type { Features, RegionNetwork } from '#main/networks/mask-rcnn.ts'
import { SamNetwork, type SamEmbedding } from '#main/networks/sam.ts'
import type { SessionFactory } from '#main/networks/sessions.ts'
import type { SamPack } from '#main/packs/find-packs.ts'
import { prepareForDetector } from '#main/recipes/prepare.ts'
import { prepareForSam } from '#main/recipes/prepare-sam.ts'
import type { Networks } from '#main/recipes/recipe.ts'
import { classesInBox, regionInBox, type SeenRegion } from '#main/recipes/region-in-box.ts'
import { StageClock } from '#main/recipes/stage-clock.ts'
import type { ImageSource } from '#main/vision/image-source.ts'
import { maskFromLogits } from '#main/vision/mask-from-logits.ts'
import type { ModelImage } from '#main/vision/model-image.ts'
import { encodePrompt } from '#main/vision/sam-prompt.ts'
import type { ModelQueue } from './model-queue.ts'
import { RecentValues } from './recent-values.ts'

/** A person goes back and forth between a few images. */
const IMAGES_KEPT = 8
/** SAM 2 keeps 16 MB an image, SAM 4, Mask R-CNN half of one. */
const BYTES_KEPT = 128 * 2 ** 20

/** What a network saw of an image, with the image's own size. */
interface Seen<Value> {
  readonly value: Value
  readonly size: Size
}

interface Prepared {
  readonly input: ModelImage
  readonly size: Size
}

/** How a network looks at an image. */
interface View<Value> {
  /** Tells networks apart that look at the same image. */
  readonly name: string
  prepare(image: ImageSource): Promise<ModelImage>
  see(input: ModelImage): Promise<Value>
}

/**
 * Masks of what a person points at. What a network saw of an image is kept, so that only the first
 * prompt of an image waits for decoding and for the large part of the network.
 */
export class Prompts {
  readonly #networks: Networks
  readonly #factory: SessionFactory
  readonly #queue: ModelQueue
  readonly #maxPixels: number
  readonly #features = new RecentValues<Seen<Features>>(
    { entries: IMAGES_KEPT, bytes: BYTES_KEPT },
    ({ value }) => bytesOf(Object.values(value.tensors)),
  )
  readonly #embeddings = new RecentValues<Seen<SamEmbedding>>(
    { entries: IMAGES_KEPT, bytes: BYTES_KEPT },
    ({ value }) => bytesOf(Object.values(value.tensors)),
  )
  #sam: SamNetwork | null = null

  constructor(networks: Networks, factory: SessionFactory, queue: ModelQueue, maxPixels: number) {
    this.#networks = networks
    this.#factory = factory
    this.#queue = queue
    this.#maxPixels = maxPixels
  }

  /**
   * The object that fills a box: by the detector's mask head, or by SAM where the detector has none.
   *
   * @throws LexmaskError INVALID_INPUT for a box outside the image; PACK_MISSING when neither is
   *   there; as `openImage`
   */
  async inBox({ path, box, classes, sam }: BoxOrder): Promise<PromptedRegion> {
    const network = this.#regionNetwork()
    if (network) {
      return this.#looking(this.#features, this.#detectorView(network), path, (seen) =>
        this.#maskHead(network, seen, box, classes),
      )
    }
    if (sam) return this.#bySam(sam, { path, points: [], box })
    throw new LexmaskError(
      'PACK_MISSING',
      'The loaded model makes masks of whole images only. Choose a Mask R-CNN pack of three graphs, or install a SAM pack.',
    )
  }

  /**
   * The object at some points, by SAM; what it is, by the detector where that can look at a box.
   *
   * @throws LexmaskError as `inBox`; PACK_INVALID, MODEL_UNREADABLE for the SAM pack
   */
  atPoints({ sam, ...prompt }: PointOrder): Promise<PromptedRegion> {
    return this.#bySam(sam, prompt)
  }

  async #maskHead(
    network: RegionNetwork,
    { value, size }: Seen<Features>,
    box: XywhBox,
    classes: readonly number[] | null,
  ): Promise<PromptedRegion> {
    const inImage = boxInside(box, size)
    const region = await regionInBox({ box: inImage, classes }, value, network, size)
    return { ...size, box: inImage, ...region }
  }

  async #bySam(
    pack: SamPack,
    { path, points, box }: Omit<PointOrder, 'sam' | 'box'> & { readonly box: XywhBox | null },
  ): Promise<PromptedRegion> {
    const view: View<SamEmbedding> = {
      name: pack.folder,
      prepare: (image) => prepareForSam(image, pack.description.encoder.input),
      see: async (input) => (await this.#opened(pack)).embed(input),
    }
    return this.#looking(this.#embeddings, view, path, async ({ value, size }) => {
      const inImage = box && boxInside(box, size)
      const prompt = encodePrompt(points, inImage, value.frame)
      const { map, score } = await (await this.#opened(pack)).decode(value, prompt)
      const mask = maskFromLogits(map, size)
      const found = isEmptyRle(mask) ? null : boxFromXywh(rleBbox(mask))
      return { ...size, mask, score, box: found, ...(await this.#classesIn(path, found)) }
    })
  }

  /** In the turn of the prompt: for a turn of its own it would wait for another image of a batch. */
  async #classesIn(path: string, box: Box | null): Promise<SeenRegion> {
    const network = this.#regionNetwork()
    if (!network || !box) {
      const none = { classes: new Uint16Array(0), probabilities: new Float32Array(0) }
      return { posterior: none, vector: null }
    }
    const { value } = await this.#seen(this.#features, this.#detectorView(network), path, null)
    return classesInBox(box, value, network)
  }

  /** Decodes beside the model's work; the model is waited for before all images of a batch. */
  async #looking<Value, Answer>(
    kept: RecentValues<Seen<Value>>,
    view: View<Value>,
    path: string,
    answer: (seen: Seen<Value>) => Promise<Answer>,
  ): Promise<Answer> {
    const key = await contentKey(view.name, path)
    const isKept = key !== null && kept.get(key) !== undefined
    const prepared = isKept ? null : await this.#prepare(view, path)
    return this.#queue.run('prompt', async () =>
      answer(await this.#seen(kept, view, path, prepared)),
    )
  }

  /** @param prepared null when it was kept a moment ago, or is to be decoded now */
  async #seen<Value>(
    kept: RecentValues<Seen<Value>>,
    view: View<Value>,
    path: string,
    prepared: Prepared | null,
  ): Promise<Seen<Value>> {
    const key = await contentKey(view.name, path)
    // Also when it was prepared: another prompt for this image may have been before this one.
    const known = key === null ? undefined : kept.get(key)
    if (known) return known
    const { input, size } = prepared ?? (await this.#prepare(view, path))
    const seen = { value: await view.see(input), size }
    if (key !== null) kept.put(key, seen)
    return seen
  }

  async #prepare<Value>(view: View<Value>, path: string): Promise<Prepared> {
    const image = await openImage(path, { maxPixels: this.#maxPixels })
    const { width, height } = image
    return { input: await view.prepare(image), size: { width, height } }
  }

  /** Before the first prompt that needs it. @throws LexmaskError PACK_INVALID, MODEL_UNREADABLE */
  async open(sam: SamPack): Promise<void> {
    await this.#opened(sam)
  }

  #regionNetwork(): RegionNetwork | null {
    const { detector } = this.#networks
    return detector.kind === 'regions' ? detector.network : null
  }

  #detectorView(network: RegionNetwork): View<Features> {
    return {
      name: 'detector',
      prepare: async (image) =>
        (await prepareForDetector(image, this.#networks, new StageClock())).input,
      see: (input) => network.features(input),
    }
  }

  /** With the first prompt that needs it: a run does not pay for it. */
  async #opened(pack: SamPack): Promise<SamNetwork> {
    if (this.#sam?.pack.folder !== pack.folder) {
      this.#sam = await SamNetwork.open(pack, this.#factory)
    }
    return this.#sam
  }
}

/** Names a file's content as far as its folder tells; null when it cannot be asked. */
async function contentKey(view: string, path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  return found && JSON.stringify([view, path, found.size, found.mtimeMs])
}

function bytesOf(tensors: readonly { readonly data: unknown }[]): number {
  return tensors.reduce((sum, { data }) => sum + (data as ArrayBufferView).byteLength, 0)
}

/** The part of a box in the image, grown to a pixel where it is narrower. */
function boxInside(box: XywhBox, image: Size): Box {
  const [x1, y1, x2, y2] = clampBox(boxFromXywh(box), image)
  if (x2 <= x1 || y2 <= y1) {
    throw new LexmaskError(
      'INVALID_INPUT',
      'The box lies outside the image. Draw it over the object.',
      { box },
    )
  }
  const [left, right] = pixelWide(x1, x2, image.width)
  const [top, bottom] = pixelWide(y1, y2, image.height)
  return [left, top, right, bottom]
}

function pixelWide(from: number, to: number, limit: number): [number, number] {
  if (to - from >= 1) return [from, to]
  const start = Math.min(Math.max((from + to) / 2 - 0.5, 0), limit - 1)
  return [start, start + 1]
}
