import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'

export interface Question {
  readonly title: string
  readonly text: string
  /** What the button says: the deed itself, "Remove 3 images". */
  readonly confirmLabel: string
  readonly isDanger?: boolean
}

interface OpenQuestion extends Question {
  readonly answer: (isConfirmed: boolean) => void
}

const openQuestion = shallowRef<OpenQuestion | null>(null)

/** Asks the person, in the one ConfirmDialog of App.vue. Putting the dialog away is a no. */
export function confirm(question: Question): Promise<boolean> {
  openQuestion.value?.answer(false)
  return new Promise((resolve) => {
    openQuestion.value = {
      ...question,
      answer: (isConfirmed) => {
        openQuestion.value = null
        resolve(isConfirmed)
      },
    }
  })
}

/** For ConfirmDialog. */
export function useOpenQuestion(): ShallowRef<OpenQuestion | null> {
  return openQuestion
}
