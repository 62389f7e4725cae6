import { useTranslation } from '../i18n/translation.ts'
import { useCurrentImageStore } from '../stores/current-image.ts'
import { useVocabularyStore } from '../stores/vocabulary.ts'
import { useToastsStore } from '../stores/toasts.ts'
import { useCorrectionOptions } from './correction-options.ts'
import { usePromptStore } from './prompt-store.ts'
import { needsClass } from './tool-table.ts'
import type { OfferedTool } from './tool-table.ts'

export interface ToolChoice {
  /** Why a tool cannot be taken now, in words; null when it can. */
  readonly whyNot: (tool: OfferedTool) => string | null
  /** Takes a tool in hand, or says why not. */
  readonly take: (tool: OfferedTool) => void
}

/** The same for buttons and for keys. */
export function useTools(): ToolChoice {
  const options = useCorrectionOptions()
  const prompts = usePromptStore()
  const current = useCurrentImageStore()
  const vocabulary = useVocabularyStore()
  const toasts = useToastsStore()
  const { t } = useTranslation()

  function whyNot(tool: OfferedTool): string | null {
    if (tool === 'select') return null
    if (current.imageId === null) return t('correction.noImage')
    if (options.isReadOnly) return t('correction.readOnly')
    if (tool === 'box-prompt' && prompts.tools?.box === false) return prompts.tools.why
    if (tool === 'points' && prompts.tools?.points === false) return prompts.tools.why
    if (needsClass(tool) && vocabulary.classes.length === 0) return t('correction.noClasses')
    return null
  }

  function take(tool: OfferedTool): void {
    const why = whyNot(tool)
    if (why === null) options.tool = tool
    else toasts.show({ message: why })
  }

  return { whyNot, take }
}
