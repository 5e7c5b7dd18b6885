/** The blocks of code that a page of Markdown shows, by their titles. Throws for one that it does not have. */
export const titledBlocks = (markdown: string): ((title: string) => string) => {
  const found = markdown.matchAll(/^```\w+ title="(.*?)"\n(.*?)^```$/gms);
  const blocks = new Map([...found].map(([, title = '', code = '']) => [title, code]));
  return (title) => {
    const code = blocks.get(title);
    if (code === undefined) throw new Error(`there is no block "${title}"`);
    return code;
  };
};
