/** One line of a story. */
export interface StoryLine {
  readonly atUs: number;
  readonly text: string;
}
