import type { ElectronApplication } from '@playwright/test'

const ATTEMPTS = 3

/** What the product asked with a dialog of the system. */
export interface AskedDialog {
  readonly kind: 'open' | 'save' | 'message'
  /** As given to Electron, without the window. */
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * Dialogs of the system, which no test can click: answered beforehand. Each kind has one answer until
 * it gets another; before that every dialog is cancelled.
 */
export interface Dialogs {
  /** Files or folders that are chosen to open; none cancels. */
  answerOpen(...paths: string[]): Promise<void>
  /** Where to save; null cancels. */
  answerSave(path: string | null): Promise<void>
  /** Which button of a message is pressed, from 0. */
  answerMessage(button: number): Promise<void>
  /** All dialogs so far, oldest first. */
  asked(): Promise<AskedDialog[]>
}

interface Answers {
  open: string[]
  save: string | null
  message: number | null
  asked: AskedDialog[]
}

type WithAnswers = typeof globalThis & { lexmaskTestAnswers: Answers }

/**
 * Asks something of a main process. The inspector lets go of an answer when the garbage is collected at
 * the wrong moment: what is asked here can be asked twice.
 */
export async function askMain<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      const isLost = (error as Error).message.includes('promise was garbage collected')
      if (!isLost || attempt === ATTEMPTS) throw error
    }
  }
}

/** Takes the place of Electron's dialogs in a main process. */
export async function stubDialogs(app: ElectronApplication): Promise<Dialogs> {
  await app.evaluate(({ dialog }) => {
    const answers: Answers = { open: [], save: null, message: null, asked: [] }
    ;(globalThis as WithAnswers).lexmaskTestAnswers = answers
    const note = (
      kind: AskedDialog['kind'],
      words: readonly unknown[],
    ): Record<string, unknown> => {
      // The window comes first, or is left out.
      const options = { ...(words.at(-1) as Record<string, unknown>) }
      answers.asked.push({ kind, options: JSON.parse(JSON.stringify(options)) as typeof options })
      return options
    }
    const open = (words: unknown[]): string[] => (note('open', words), answers.open)
    const save = (words: unknown[]): string | null => (note('save', words), answers.save)
    const message = (words: unknown[]): number => {
      const { cancelId } = note('message', words)
      return answers.message ?? (typeof cancelId === 'number' ? cancelId : 0)
    }
    Object.assign(dialog, {
      showOpenDialog: (...words: unknown[]) => {
        const filePaths = open(words)
        return Promise.resolve({ canceled: filePaths.length === 0, filePaths })
      },
      showOpenDialogSync: (...words: unknown[]) => {
        const filePaths = open(words)
        return filePaths.length === 0 ? undefined : filePaths
      },
      showSaveDialog: (...words: unknown[]) => {
        const filePath = save(words)
        return Promise.resolve({ canceled: filePath === null, filePath: filePath ?? '' })
      },
      showSaveDialogSync: (...words: unknown[]) => save(words) ?? '',
      showMessageBox: (...words: unknown[]) =>
        Promise.resolve({ response: message(words), checkboxChecked: false }),
      showMessageBoxSync: (...words: unknown[]) => message(words),
    })
  })
  const set = (answer: Partial<Answers>): Promise<void> =>
    askMain(() =>
      app.evaluate((_, given) => {
        Object.assign((globalThis as WithAnswers).lexmaskTestAnswers, given)
      }, answer),
    )
  return {
    answerOpen: (...open) => set({ open }),
    answerSave: (save) => set({ save }),
    answerMessage: (message) => set({ message }),
    asked: () =>
      askMain(() => app.evaluate(() => (globalThis as WithAnswers).lexmaskTestAnswers.asked)),
  }
}
