import type { ComponentChild } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { bytes, number } from '../lib/format.ts';
import { jsonLines, looksLikeJson, textLines, type Line, type Piece } from '../lib/json-lines.ts';

const FIRST_LINES = 80;
const MORE_LINES = 1_000;
/** Deeper lines stay where these are, for they would leave the screen. */
const MAX_DEPTH = 30;
/** Of one piece: a text may be a megabyte long without a single break. */
const MAX_PIECE = 4_000;

const take = (
  lines: Iterable<Line>,
  count: number,
): { readonly lines: readonly Line[]; readonly more: boolean } => {
  const taken: Line[] = [];
  for (const line of lines) {
    if (taken.length === count) return { lines: taken, more: true };
    taken.push(line);
  }
  return { lines: taken, more: false };
};

const Coloured = ({ piece }: { readonly piece: Piece }): ComponentChild => {
  const { kind, text } = piece;
  const shown =
    text.length > MAX_PIECE
      ? `${text.slice(0, MAX_PIECE)}… (${number(text.length - MAX_PIECE)} more characters)`
      : text;
  return kind === 'mark' || kind === 'text' ? shown : <span class={`j-${kind}`}>{shown}</span>;
};

interface Props {
  readonly text: string;
  /** The whole length, of which the text may be the beginning only. */
  readonly size: number;
  readonly label: string;
}

export const Body = ({ text, size, label }: Props): ComponentChild => {
  const [count, setCount] = useState(FIRST_LINES);
  const [isRaw, setRaw] = useState(false);
  const isCut = useMemo(
    () => size > text.length && size > new TextEncoder().encode(text).length,
    [text, size],
  );
  const isJson = useMemo(() => looksLikeJson(text, isCut), [text, isCut]);
  const { lines, more } = useMemo(
    () => take(isJson && !isRaw ? jsonLines(text) : textLines(text), count),
    [text, isJson, isRaw, count],
  );
  return (
    <div class="body">
      {isJson && (
        <button
          type="button"
          class="quiet body-raw"
          aria-pressed={isRaw}
          onClick={() => setRaw(!isRaw)}
        >
          As sent
        </button>
      )}
      <pre class="scroll" tabIndex={0} role="region" aria-label={label}>
        {lines.map((line, index) => (
          <div
            key={index}
            class="line"
            style={{ paddingInlineStart: `${Math.min(line.depth, MAX_DEPTH) * 2 + 2}ch` }}
          >
            {line.pieces.map((piece, place) => (
              <Coloured key={place} piece={piece} />
            ))}
            {'\n'}
          </div>
        ))}
      </pre>
      {more && (
        <button type="button" onClick={() => setCount(count + MORE_LINES)}>
          Show more lines
        </button>
      )}
      {isCut && <p class="muted">Cut here; the whole body has {bytes(size)}.</p>}
    </div>
  );
};
