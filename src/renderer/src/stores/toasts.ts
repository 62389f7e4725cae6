import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useTranslation } from '../i18n/translation.ts'

export interface ToastAction {
  readonly label: string
  readonly run: () => void
}

export interface ToastDraft {
  readonly message: string
  readonly tone?: 'info' | 'success' | 'danger'
  /** One thing to do about it, such as Undo. */
  readonly action?: ToastAction
}

export interface Toast extends ToastDraft {
  readonly id: number
  readonly tone: 'info' | 'success' | 'danger'
}

const SHOWN_MS = 5000
/** Time to read the reason, and to reach the button. */
const SHOWN_LONG_MS = 10_000
const AT_MOST = 4

/** Short messages in the corner, for what has no better place. */
export const useToastsStore = defineStore('toasts', () => {
  const shown = shallowRef<readonly Toast[]>([])
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  const leftOut = new WeakSet<object>()
  const { errorText } = useTranslation()
  let nextId = 1

  function show({ tone = 'info', ...draft }: ToastDraft): number {
    const toast: Toast = { ...draft, tone, id: nextId++ }
    for (const old of shown.value.slice(0, -AT_MOST + 1)) dismiss(old.id)
    shown.value = [...shown.value, toast]
    release(toast.id)
    return toast.id
  }

  /** For a failure that no field or panel can show. */
  function showError(error: unknown): void {
    if (typeof error === 'object' && error !== null && leftOut.has(error)) return
    show({ message: errorText(error), tone: 'danger' })
  }

  /** An error that has a better place, where it stays. */
  function leaveOut(error: object): void {
    leftOut.add(error)
  }

  function dismiss(id: number): void {
    hold(id)
    shown.value = shown.value.filter((toast) => toast.id !== id)
  }

  /** While the pointer or the focus is on it. */
  function hold(id: number): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
  }

  function release(id: number): void {
    const toast = shown.value.find((other) => other.id === id)
    if (toast === undefined) return
    hold(id)
    const isLong = toast.tone === 'danger' || toast.action !== undefined
    timers.set(
      id,
      setTimeout(() => dismiss(id), isLong ? SHOWN_LONG_MS : SHOWN_MS),
    )
  }

  function act(id: number): void {
    const toast = shown.value.find((other) => other.id === id)
    dismiss(id)
    toast?.action?.run()
  }

  return { shown, show, showError, leaveOut, dismiss, hold, release, act }
})
