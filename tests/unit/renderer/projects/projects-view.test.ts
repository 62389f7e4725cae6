import { flushPromises, mount } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { describe, expect, it } from 'vitest'
import { h } from 'vue'
import type { CommandInput } from '#shared/contract/commands.ts'
import { LexmaskError } from '#shared/contract/errors.ts'
import ProjectsView from '#renderer/projects/ProjectsView.vue'
import { useView } from '#renderer/app/view.ts'
import { useWorkspaceStore } from '#renderer/stores/workspace.ts'
import { openTestWindow, testProject, testWorkspace } from '../window-fixture.ts'
import type { Answers } from '../window-fixture.ts'

const recent = [
  { path: '/p/site.lexmask', name: 'site', openedMs: 0, isThere: true },
  { path: '/p/gone.lexmask', name: 'gone', openedMs: 0, isThere: false },
]

async function show(answers: Answers) {
  useView().value = 'projects'
  const there = openTestWindow({
    'workspace.get': () => ({ ...testWorkspace, project: null, recent }),
    ...answers,
  })
  await useWorkspaceStore().load()
  const wrapper = mount(
    { render: () => h(TooltipProvider, () => h(ProjectsView)) },
    { global: there.global as never },
  )
  const button = (text: string) => {
    const found = wrapper.findAll('button').find((one) => one.text().includes(text))
    if (found === undefined) throw new Error(`There is no button "${text}"`)
    return found
  }
  return { ...there, wrapper, button }
}

describe('the list of projects', () => {
  it('marks a file that is not there, and lets it be forgotten', async () => {
    const { button, wrapper, asksOf } = await show({
      'workspace.forget': () => ({ ...testWorkspace, project: null, recent: [recent[0]] }),
    })
    expect(button('gone').text()).toContain('File is not there')
    expect(button('gone').attributes('disabled')).toBeDefined()
    await wrapper.find('[aria-label="Take gone off this list"]').trigger('click')
    await flushPromises()
    expect(asksOf('workspace.forget')).toEqual([{ path: '/p/gone.lexmask' }])
    expect(wrapper.text()).not.toContain('gone')
  })

  it('says where the eye is why a project does not open, and offers to read it only', async () => {
    const { button, wrapper, asksOf } = await show({
      'workspace.open': ({ readOnly }: CommandInput<'workspace.open'>) => {
        if (readOnly) return testWorkspace
        throw new LexmaskError('PROJECT_IN_USE', 'Another Lexmask has it open. Close it there.')
      },
      'project.snapshot': () => ({
        revision: 0,
        project: testProject,
        vocabulary: { revision: 0, classes: [], negatives: [] },
        images: [],
        annotations: [],
      }),
    })
    await button('site').trigger('click')
    await flushPromises()
    expect(wrapper.find('[role="alert"]').text()).toContain('Another Lexmask has it open.')
    await button('Open read-only').trigger('click')
    await flushPromises()
    expect(asksOf('workspace.open').at(-1)).toEqual({ path: '/p/site.lexmask', readOnly: true })
    expect(wrapper.find('[role="alert"]').exists()).toBe(false)
    expect(useView().value).toBe('label')
  })

  it('offers no way around a file that is no project', async () => {
    const { button, wrapper } = await show({
      'workspace.open': () => {
        throw new LexmaskError('PROJECT_NOT_LEXMASK', 'This is no Lexmask project.')
      },
    })
    await button('site').trigger('click')
    await flushPromises()
    expect(wrapper.find('[role="alert"]').text()).toContain('This is no Lexmask project.')
    expect(() => button('Open read-only')).toThrow()
  })
})
