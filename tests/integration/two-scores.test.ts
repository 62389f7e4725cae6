import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recipeSchema } from '#shared/contract/commands.ts'
import type { Box } from '#shared/geometry/box.ts'
import type { App } from '#main/app/create-app.ts'
import { openClip } from '#main/networks/clip.ts'
import { SessionFactory } from '#main/networks/sessions.ts'
import type { VectorOfColour } from '../support/block-detector/graphs.ts'
import {
  ANGLE_CELL,
  BLUE,
  CELLS,
  EVERYTHING,
  foundInScene,
  labelScene,
  OBJECTNESS,
  openAppOver,
  RED,
  SCENE,
  WORDS,
  writeScene,
} from '../support/block-detector/scene.ts'
import { writeBlockDetector } from '../support/block-detector/write-block-detector.ts'
import { COLOURS, rgbOf } from '../support/colour-clip/colours.ts'
import { DIMENSION } from '../support/colour-clip/towers.ts'
import { writeColourClip } from '../support/colour-clip/write-colour-clip.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'

const TEMPERATURE = 12
const axis = (at: number): number[] =>
  Array.from({ length: DIMENSION }, (_, i) => (i === at ? 1 : 0))
const colourAxis = (name: string): number[] => axis(COLOURS.findIndex((one) => one.name === name))
/** Red and green and blue as the colours of these names, and what all texts of the colour CLIP share. */
const VECTOR_OF_COLOUR: VectorOfColour = [
  colourAxis('red'),
  colourAxis('yellow'),
  colourAxis('blue'),
  axis(COLOURS.length),
]
const BACKGROUND = Float32Array.from(axis(DIMENSION - 1))

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((s, v, i) => s + v * b[i], 0)
const unit = (vector: Float32Array): Float32Array =>
  vector.map((value) => value / Math.sqrt(dot(vector, vector)))

describe.skipIf(!hasShared)(
  'fvlm-patch with the score of a trained box head [needs ../shared]',
  () => {
    let folder: string
    /** Of the scene's sentences, of "a bus" and of "a car", in the colour CLIP's space. */
    let texts: Float32Array[]

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'lexmask-two-scores-'))
      await writeScene(join(folder, 'scene.png'))
      const clipFolder = join(folder, 'same/models/colour-clip')
      const tokenizer = sharedPath('models/clip-tokenizer/tokenizer.json')
      await writeColourClip(clipFolder, tokenizer)
      await writeColourClip(join(folder, 'other/models/colour-clip'), tokenizer)
      const report = { requested: 'cpu', used: 'cpu', share: null, refused: [] } as const
      const clip = await openClip(clipFolder, new SessionFactory(report, { threads: 1 }))
      const sentences = [...WORDS.map(({ prompt }) => prompt), 'a bus', 'a car']
      const { vectors } = await clip.embedTexts(sentences)
      texts = sentences.map((_, i) => vectors.subarray(i * DIMENSION, (i + 1) * DIMENSION))
      const text = {
        vectorOfColour: VECTOR_OF_COLOUR,
        temperature: TEMPERATURE,
        background: BACKGROUND,
        names: Float32Array.from([...texts[3], ...texts[4]]),
      }
      // A pack without region vectors comes first by its name, and is not taken.
      await writeBlockDetector(join(folder, 'same/models/block-detector'))
      await writeBlockDetector(join(folder, 'same/models/block-regions'), text)
      // The same numbers with their axes turned round: a space of as many numbers that is another.
      const otherNames = Float32Array.from([...texts[3].toReversed(), ...texts[4].toReversed()])
      await writeBlockDetector(join(folder, 'other/models/block-regions'), {
        ...text,
        names: otherNames,
      })
    })
    afterAll(async () => {
      await rm(folder, { recursive: true })
    })

    async function withRun<T>(
      packs: 'same' | 'other',
      scoring: { readonly regionText?: 'join' | 'ignore' },
      use: (app: App) => Promise<T> | T,
    ): Promise<T> {
      const app = openAppOver(join(folder, packs), 'two-scores')
      try {
        const recipe = { name: 'fvlm-patch', scoring: { ...EVERYTHING, ...scoring } }
        const outcome = await labelScene(app, join(folder, 'scene.png'), recipeSchema.parse(recipe))
        expect(outcome).toMatchObject({ failed: [], error: null })
        return await use(app)
      } finally {
        await app.close()
      }
    }

    type Scores = Map<Box, Readonly<Record<string, number>>>
    const scoresIn = (app: App): Scores =>
      new Map(Array.from(foundInScene(app), ([cell, { scores }]) => [cell, scores]))

    /** In 0..1, as the box head sees the middles of a cell's quarters; one of the angle's is red. */
    function middleOf(cell: Box): number[] {
      const colour = SCENE.find(([box]) => box === cell)?.[1] ?? ''
      return cell === ANGLE_CELL
        ? rgbOf(RED).map((value) => value / 255 / 4)
        : rgbOf(colour).map((value) => value / 255)
    }

    /** Score 1 by hand: softmax of the cosines times the temperature, times the objectness. */
    function trained(cell: Box): Record<string, number> {
      const [red, green, blue] = middleOf(cell)
      const [r, g, b, always] = VECTOR_OF_COLOUR
      const region = unit(
        Float32Array.from(always, (own, i) => own + red * r[i] + green * g[i] + blue * b[i]),
      )
      // "bus" is a name of the pack, and has the pack's vector for it and not that of its own sentence.
      const words = [texts[3], texts[1], texts[2]]
      const powers = [...words, BACKGROUND, texts[4]].map((text) =>
        Math.exp(TEMPERATURE * dot(region, text)),
      )
      const total = powers.reduce((sum, power) => sum + power)
      const objectness = OBJECTNESS.get(cell) ?? 0
      return Object.fromEntries(
        WORDS.map(({ name }, i) => [name, (powers[i] / total) * objectness] as const),
      )
    }

    it('is the root of the product of both scores', async () => {
      const alone = await withRun('same', { regionText: 'ignore' }, scoresIn)
      const joined = await withRun('same', {}, scoresIn)
      const expected = CELLS.map((cell) => {
        const first = trained(cell)
        const roots = Object.entries(alone.get(cell) ?? {}).map(([name, second]) => {
          return [name, expect.closeTo(Math.sqrt(first[name] * second), 3)] as const
        })
        return [cell, Object.fromEntries(roots)] as const
      })
      expect(joined).toEqual(new Map(expected))
      expect(Object.keys(joined.get(CELLS[0]) ?? {})).toHaveLength(WORDS.length)
      // The trained half tells: a blue block is a gadget by more than CLIP alone says.
      const blue = CELLS.find((cell) =>
        SCENE.some(([box, colour]) => box === cell && colour === BLUE),
      )
      const shareOf = (scores: Scores): number => {
        const { gadget = 0, gizmo = 1 } = (blue && scores.get(blue)) ?? {}
        return gadget / gizmo
      }
      expect(shareOf(joined)).toBeGreaterThan(1)
    })

    it('gives the same when it is scored again without a model', async () => {
      await withRun('same', {}, async (app) => {
        const before = scoresIn(app)
        await app.inference.stop()
        await app.rescoring.rescore({ scoring: { regionText: 'ignore' } })
        const without = scoresIn(app)
        expect(without).not.toEqual(before)
        expect(without).toEqual(await withRun('same', { regionText: 'ignore' }, scoresIn))
        await app.rescoring.rescore({ scoring: { regionText: 'join' } })
        expect(scoresIn(app)).toEqual(before)
        expect(app.inference.state().state).toBe('stopped')
      })
    })

    it('leaves out a box head whose vectors lie in another space, and does not keep them', async () => {
      await withRun('other', {}, async (app) => {
        expect(scoresIn(app)).toEqual(await withRun('other', { regionText: 'ignore' }, scoresIn))
        const [{ candidates }] = app.project.candidates.iterateByImage()
        expect(candidates.map(({ boxHeadVector }) => boxHeadVector)).toEqual(CELLS.map(() => null))
      })
    })
  },
)
