import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { evaluateFiles } from '#main/app/files/evaluate-files.ts'
import { failureOfError, type Failure } from '#shared/contract/errors.ts'
import { temporaryFolder } from './storage-fixture.ts'

const annotation = {
  ...{ id: 5, image_id: 1, category_id: 1, bbox: [0, 0, 2, 2], area: 4, iscrowd: 0, score: 0.9 },
  segmentation: [[0, 0, 2, 0, 2, 2, 0, 2]],
}
const dataset = {
  images: [{ id: 1, file_name: 'a.jpg', width: 8, height: 6 }],
  categories: [{ id: 1, name: 'bus' }],
  annotations: [{ ...annotation, id: 4 }, annotation],
}

/** In the second annotation, so that the place has to be found. */
const withMask = (segmentation: unknown): object => ({
  ...dataset,
  annotations: [dataset.annotations[0], { ...annotation, segmentation }],
})
const rle = (counts: unknown, size = [6, 8]): object => ({ size, counts })

let folder: string
beforeEach(() => void (folder = temporaryFolder()))

function write(name: string, content: unknown): string {
  const file = join(folder, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

async function refusal(truth: unknown, detected: unknown): Promise<Failure> {
  const options = { useCategories: true, withOracle: false, boxes: 'mask' } as const
  const files = [write('truth.json', truth), write('detected.json', detected)] as const
  return evaluateFiles(...files, { ...options, iouTypes: ['bbox', 'segm'] }).then(
    () => Promise.reject(new Error('it was taken')),
    failureOfError,
  )
}

describe('a mask that is none, in a file to compare,', () => {
  const masks: [string, unknown, RegExp][] = [
    ['runs that overrun the image', rle([0, 100]), /Run 1 of the mask has the length 100/],
    ['runs that do not fill it', rle([1]), /sum to 1 pixels instead of 6 \* 8/],
    ['a run beyond all images', rle([0, 1e15]), /has the length 1000000000000000/],
    ['text that is no run lengths', rle('~~~~'), /not COCO run-length text at character 0/],
    ['text of another alphabet', rle('街'), /not COCO run-length text at character 0/],
    ['text that is cut off', rle('ooo'), /ends in the middle of a count/],
    ['runs of another size', rle([4800], [60, 80]), /80 ?[x×] ?60/],
    ['a size beyond all images', rle('0', [1e6, 1e6]), /expected \[height, width\] in pixels/],
    ['a polygon with half a point', [[0, 0, 2, 0, 2]], /pairs of x and y/],
    ['a polygon with a word', [[0, 0, 2, 0, 2, 'x']], /a number was expected/],
    ['a polygon out of this world', [[1e300, 0, -1e300, 0, 1, 1]], /is no place in an image/],
  ]

  it.each(masks)('is named with its file and place: %s', async (_what, segmentation, told) => {
    const place = /annotations\[1\]\.segmentation/
    for (const [truth, detected, file] of [
      [withMask(segmentation), dataset, 'truth.json'],
      [dataset, withMask(segmentation), 'detected.json'],
    ] as const) {
      const { code, message } = await refusal(truth, detected)
      expect({ code, message }).toMatchObject({
        code: 'FORMAT_INVALID',
        message: expect.stringContaining(`${file}”`) as string,
      })
      expect(message).toMatch(place)
      expect(message).toMatch(told)
    }
    const { message } = await refusal(dataset, [annotation, { ...annotation, segmentation }])
    expect(message).toMatch(/detected\.json” is not right at \[1\]\.segmentation/)
    expect(message).toMatch(told)
  })
})

describe.skipIf(process.platform === 'win32')('what is no file', () => {
  it('is not waited for', async () => {
    const pipe = join(folder, 'pipe.json')
    execFileSync('mkfifo', [pipe])
    const options = { useCategories: true, withOracle: false, boxes: 'mask' } as const
    const reading = evaluateFiles(pipe, pipe, { ...options, iouTypes: ['bbox'] })
    await expect(reading).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('it is a device or a pipe; give a file') as string,
    })
  })
})
