import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { RecordsChanged } from '#shared/contract/events.ts'
import { useHistoryStore } from '#renderer/stores/history.ts'
import { useWorkspaceStore } from '#renderer/stores/workspace.ts'
import { annotationRecord, classRecord } from '../labelling/application-fixture.ts'
import { openTestWindow, testProject, testWorkspace } from '../window-fixture.ts'

test('asks what can be undone after changes of the image on show and of the words, not of other images', async () => {
  const there = openTestWindow({
    'workspace.get': () => ({ ...testWorkspace, project: testProject }),
    'project.snapshot': () => ({
      revision: testProject.revision,
      project: testProject,
      vocabulary: { revision: 0, classes: [], negatives: [] },
      images: [],
      annotations: [],
    }),
    'project.info': () => testProject,
    'history.get': () => ({ undo: null, redo: null }),
  })
  const history = useHistoryStore()
  await useWorkspaceStore().load()
  history.follow(1, null)
  await flushPromises()
  let revision = testProject.revision
  const asksAfter = async (added: RecordsChanged['diff']['added']): Promise<number> => {
    const before = there.asksOf('history.get').length
    const diff = { added, updated: {}, removed: {} }
    there.tell({ name: 'records.changed', data: { revision: ++revision, changeId: 1, diff } })
    await flushPromises()
    return there.asksOf('history.get').length - before
  }
  expect(await asksAfter({ 'annotation:8': annotationRecord(8, { imageId: 1 }) })).toBe(2)
  expect(await asksAfter({ 'annotation:9': annotationRecord(9, { imageId: 2 }) })).toBe(0)
  expect(await asksAfter({ 'class:3': classRecord(3, 'bus') })).toBe(2)
})
