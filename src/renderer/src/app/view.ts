import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'

export const VIEWS = ['projects', 'label', 'review', 'search', 'packs', 'settings'] as const
export type ViewName = (typeof VIEWS)[number]

const shownView = shallowRef<ViewName>('projects')

/** The view on show; write it to go to another. Every part of the window may. */
export function useView(): ShallowRef<ViewName> {
  return shownView
}
