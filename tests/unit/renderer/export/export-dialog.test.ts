import { afterEach, describe, expect, it } from 'vitest'
import { useOpenDialogs } from '#renderer/app/open-dialogs.ts'
import { useOpenQuestion } from '#renderer/design/confirm.ts'
import ExportDialog from '#renderer/export/ExportDialog.vue'
import { FakeApplication, inWindow, settled } from '../labelling/application-fixture.ts'

let close = (): void => undefined
afterEach(() => close())

async function open() {
  const application = new FakeApplication({
    'files.list': ({ folder }: { readonly folder: string }) => ({
      folder,
      entries: [{ name: 'old.json', path: '/old.json', kind: 'file', bytes: 1, modifiedMs: 1 }],
    }),
    'export.coco': ({ path }: { readonly path: string }) => ({
      ...{ path, images: 0, annotations: 0, categories: 0, omitted: [], sharedNames: [] },
    }),
  })
  const { isExportOpen } = useOpenDialogs()
  const { wrapper } = await inWindow(application, () => null, ExportDialog)
  isExportOpen.value = true
  close = () => {
    isExportOpen.value = false
    wrapper.unmount()
  }
  await settled()
  return application
}

async function writeTo(path: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement>('[role="dialog"] input[type="text"]')!
  field.value = path
  field.dispatchEvent(new Event('input', { bubbles: true }))
  await settled()
  document.querySelector<HTMLFormElement>('[role="dialog"] form')!.requestSubmit()
  await settled()
}

describe('an export to a path that was typed', () => {
  it('asks before it replaces a file, and writes nothing without a yes', async () => {
    const application = await open()
    await writeTo('/old')
    expect(useOpenQuestion().value?.title).toBe('Replace “old.json”?')
    useOpenQuestion().value?.answer(false)
    await settled()
    expect(application.inputsOf('export.coco')).toEqual([])
    await writeTo('/old.json')
    useOpenQuestion().value?.answer(true)
    await settled()
    expect(application.inputsOf('export.coco')).toMatchObject([{ path: '/old.json' }])
  })

  it('asks nothing where no file of the name is', async () => {
    const application = await open()
    await writeTo('/new')
    expect(useOpenQuestion().value).toBeNull()
    expect(application.inputsOf('export.coco')).toMatchObject([{ path: '/new.json' }])
  })
})
