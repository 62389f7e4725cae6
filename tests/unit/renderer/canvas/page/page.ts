import { createApp, h, reactive, shallowReactive } from 'vue'
import { createI18n } from 'vue-i18n'
import '../../../../../src/renderer/src/main.css'
import ImageCanvas from '../../../../../src/renderer/src/canvas/ImageCanvas.vue'
import type {
  CanvasAnnotation,
  CanvasGhost,
  CanvasPicture,
  ClassThresholds,
  SelectMode,
} from '../../../../../src/renderer/src/canvas/canvas-content.ts'
import en from '../../../../../src/renderer/src/i18n/en/canvas.ts'
import zh from '../../../../../src/renderer/src/i18n/zh-CN/canvas.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'

/** The canvas alone on a page, for the benchmark and for looking at it. */

const query = new URLSearchParams(location.search)
document.documentElement.dataset.theme = query.get('theme') ?? 'dark'

const state = shallowReactive({
  picture: null as CanvasPicture | null,
  annotations: [] as readonly CanvasAnnotation[],
  ghosts: [] as readonly CanvasGhost[],
  selectedIds: [] as readonly number[],
  hoveredId: null as number | null,
  thresholds: null as ClassThresholds | null,
  hasRejected: false,
  settings: reactive({ ...DEFAULT_SETTINGS.view }),
})

function select(ids: readonly number[], mode: SelectMode): void {
  const present = new Set(mode === 'replace' ? [] : state.selectedIds)
  for (const id of ids) {
    if (mode === 'toggle' && present.has(id)) present.delete(id)
    else present.add(id)
  }
  state.selectedIds = [...present]
}

const events: string[] = []
const told = (text: string): void => void events.push(text)

const canvasPage = {
  state,
  events,
  show({
    width,
    height,
    url,
    thumbnailUrl,
    annotations,
    ghosts,
  }: {
    readonly width: number
    readonly height: number
    readonly url: string
    readonly thumbnailUrl: string | null
    readonly annotations: readonly CanvasAnnotation[]
    readonly ghosts: readonly CanvasGhost[]
  }): void {
    const name = url.slice(url.lastIndexOf('/') + 1)
    state.picture = { id: url, width, height, url, thumbnailUrl, name, error: null }
    Object.assign(state, { annotations, ghosts, selectedIds: [] })
  },
}
export type CanvasPage = typeof canvasPage
declare global {
  interface Window {
    canvasPage: CanvasPage
  }
}
window.canvasPage = canvasPage

const i18n = createI18n({
  legacy: false,
  locale: query.get('locale') ?? 'en',
  messages: { en: { canvas: en }, 'zh-CN': { canvas: zh } },
})

createApp({
  render: () =>
    h(ImageCanvas, {
      ...state,
      onSelect: select,
      onHover: (id: number | null) => told(`hover ${id}`),
      onMenu: (request: object) => told(`menu ${JSON.stringify(request)}`),
      onPromote: (id: number) => told(`promote ${id}`),
      onZoom: (scale: number) => told(`zoom ${scale}`),
    }),
})
  .use(i18n)
  .mount('#app')
