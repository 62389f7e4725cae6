/** The eleven basic colour terms of English (Berlin and Kay), with the words that say them. */
export const COLOURS = [
  { name: 'red', words: ['red'], looks: ['#e01414', '#a01818', '#ff4a40', '#700c10'] },
  { name: 'orange', words: ['orange'], looks: ['#ff8000', '#e87420', '#ffa040'] },
  { name: 'yellow', words: ['yellow'], looks: ['#ffe000', '#e6d040', '#fff080', '#d0b000'] },
  {
    name: 'green',
    words: ['green'],
    looks: ['#20a030', '#105020', '#80d060', '#00ff00', '#607830'],
  },
  { name: 'blue', words: ['blue'], looks: ['#1040e0', '#102868', '#2878c8', '#80bcf8', '#0000ff'] },
  { name: 'purple', words: ['purple', 'violet'], looks: ['#7020a0', '#a060d0', '#400858'] },
  { name: 'pink', words: ['pink'], looks: ['#ff80b0', '#ffb0c8', '#e0409a', '#ff00ff'] },
  { name: 'brown', words: ['brown'], looks: ['#704020', '#a06a3a', '#40240f', '#c09a6a'] },
  { name: 'black', words: ['black'], looks: ['#000000', '#181818', '#282828'] },
  { name: 'white', words: ['white'], looks: ['#ffffff', '#eaeaea'] },
  { name: 'grey', words: ['grey', 'gray'], looks: ['#808080', '#acacac', '#505050'] },
] as const

export type ColourName = (typeof COLOURS)[number]['name']

export function rgbOf(colour: string): [number, number, number] {
  const channel = (at: number): number => parseInt(colour.slice(at, at + 2), 16)
  return [channel(1), channel(3), channel(5)]
}
