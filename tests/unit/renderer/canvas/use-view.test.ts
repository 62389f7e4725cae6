import { effectScope, nextTick, shallowRef } from 'vue'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Size } from '#shared/geometry/size.ts'
import { useView } from '../../../../src/renderer/src/canvas/stage/use-view.ts'
import { boxView, fitView, revealBox } from '../../../../src/renderer/src/canvas/view-transform.ts'

const IMAGE = { width: 100, height: 100 }
const ROOM = { width: 400, height: 400 }
const LARGER = { width: 800, height: 800 }
const NONE = { width: 0, height: 0 }
const BOX = [10, 10, 30, 30] as const

let scope = effectScope()
beforeEach(() => (scope = effectScope()))
afterEach(() => scope.stop())

function open(room: Size, size: Size | null = IMAGE) {
  const image = shallowRef<Size | null>(size)
  const id = shallowRef(1)
  const viewport = shallowRef<Size>(room)
  const control = scope.run(() =>
    useView(
      () => image.value,
      () => id.value,
      viewport,
    ),
  ) as ReturnType<typeof useView>
  return { control, image, id, viewport }
}

test('an annotation asked for before there is room is shown large once there is', async () => {
  const { control, viewport } = open(NONE)
  control.goTo((_, size, room) => boxView(BOX, size, room), true)
  viewport.value = ROOM
  await nextTick()
  expect(control.view.value).toEqual(boxView(BOX, IMAGE, ROOM))
  expect(control.isFitted.value).toBe(false)
})

test('what was asked for one image is not done to the next', async () => {
  const { control, id, viewport } = open(NONE)
  control.goTo((_, size, room) => boxView(BOX, size, room), true)
  id.value = 2
  await nextTick()
  viewport.value = ROOM
  await nextTick()
  expect(control.view.value).toEqual(fitView(IMAGE, ROOM))
})

test('an image that fills the room goes on filling it when what is in sight is revealed', async () => {
  const { control, viewport } = open(ROOM)
  control.goTo((view, _, room) => revealBox(view, BOX, room), true)
  expect(control.isFitted.value).toBe(true)
  viewport.value = LARGER
  await nextTick()
  expect(control.view.value).toEqual(fitView(IMAGE, LARGER))
})

test('a view that a person chose keeps its scale when the room grows', async () => {
  const { control, viewport } = open(ROOM)
  control.goTo((view) => ({ ...view, scale: view.scale * 2 }), false)
  const { scale } = control.view.value ?? { scale: 0 }
  viewport.value = LARGER
  await nextTick()
  expect(control.view.value?.scale).toBe(scale)
})
