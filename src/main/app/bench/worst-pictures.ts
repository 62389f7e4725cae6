import { rleFromCocoSegmentation } from '#shared/geometry/coco-segmentation.ts'
import { assignColours } from '#shared/vocabulary/colours.ts'
import type { CocoCategory } from '#main/formats/coco-types.ts'
import type { OverlayObject, OverlayStyle } from '#main/pictures/protocol.ts'
import type { PictureService } from '../pictures/picture-service.ts'
import type { BenchImage } from './bench-data.ts'
import type { WorstImage } from './row-tally.ts'

/** A photo with its true objects, and with what was found. */
export interface WorstPicture extends Pick<WorstImage, 'right' | 'wrong' | 'missed'> {
  readonly file: string
  /** Data URIs. */
  readonly truth: string
  readonly result: string
}

const STYLE: OverlayStyle = {
  format: 'webp',
  maxSide: 360,
  opacity: 0.45,
  hasNames: true,
  isSemantic: false,
}

/** Draws the worst images of each row; of an image that several rows have, the truth once. */
export async function drawWorst(
  rows: readonly (readonly WorstImage[])[],
  categories: readonly CocoCategory[],
  pictures: PictureService,
): Promise<WorstPicture[][]> {
  const look = looksOf(categories)
  const truths = new Map<number, Promise<string>>()
  const draw = async (image: BenchImage, objects: readonly OverlayObject[]): Promise<string> => {
    const { path, width, height } = image
    const { bytes } = await pictures.overlay({
      path,
      size: { width, height },
      objects,
      style: STYLE,
    })
    return `data:image/webp;base64,${Buffer.from(bytes).toString('base64')}`
  }
  const truthOf = (image: BenchImage): Promise<string> => {
    const known = truths.get(image.id) ?? draw(image, trueObjects(image, look))
    truths.set(image.id, known)
    return known
  }
  const drawn: WorstPicture[][] = []
  for (const row of rows) {
    const ofRow: WorstPicture[] = []
    for (const { image, right, wrong, missed, shown } of row) {
      const objects = shown.flatMap(({ categoryId, score, mask }) => {
        const category = look.get(categoryId)
        return category ? objectOf(category, mask.counts, score, false) : []
      })
      const [truth, result] = await Promise.all([truthOf(image), draw(image, objects)])
      ofRow.push({ file: image.file_name, right, wrong, missed, truth, result })
    }
    drawn.push(ofRow)
  }
  return drawn
}

type Look = Pick<OverlayObject, 'name' | 'number' | 'colour'>

function looksOf(categories: readonly CocoCategory[]): ReadonlyMap<number, Look> {
  const colours = assignColours(categories.map(() => null))
  return new Map(
    categories.map(({ id, name }, i) => [id, { name, number: i + 1, colour: colours[i] }]),
  )
}

function trueObjects(image: BenchImage, look: ReadonlyMap<number, Look>): OverlayObject[] {
  return image.annotations.flatMap(({ category_id, segmentation, iscrowd }) => {
    const category = look.get(category_id)
    const { counts } = rleFromCocoSegmentation(segmentation, image)
    return category ? objectOf(category, counts, null, iscrowd === 1) : []
  })
}

const objectOf = (
  look: Look,
  counts: OverlayObject['counts'],
  score: number | null,
  isCrowd: boolean,
): OverlayObject => ({ ...look, counts, score, isCrowd, standing: 'proposed' })
