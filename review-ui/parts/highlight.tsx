/**
 * A text with its findings marked: colour says the family, the line says the level. Where findings overlap, each keeps
 * its own line, one below the other. Only text nodes are made, so nothing a post contains can become markup.
 */
import { Tooltip } from 'antd';
import { memo, type ReactNode } from 'react';
import type { FindingView } from '../../core/model/api.ts';
import { useWords } from '../text/language.tsx';
import { familyOf } from './level-mark.tsx';
import { locateQuote, type Segment, segmentText } from './segments.ts';

export interface MarkedFinding {
  readonly finding: FindingView;
  /** The number it carries in the checklist, 1-based; null for hints. */
  readonly no: number | null;
}
interface HighlightProps {
  readonly text: string;
  readonly field: string;
  readonly marks: readonly MarkedFinding[];
  readonly lit: string | null;
  readonly focused: string | null;
  readonly onHover: (id: string | null) => void;
  readonly onPick: (id: string) => void;
}
const ORDER = { statutory: 0, lead: 1, advisory: 2, format: 3 } as const;

function Layer({ mark, depth, opens, props, children }: { mark: MarkedFinding; depth: number; opens: boolean; props: HighlightProps; children: ReactNode }) {
  const words = useWords();
  const { finding, no } = mark;
  const family = finding.level === 'advisory' || finding.level === 'format' ? 'form' : familyOf(finding.kind);
  const off = finding.exempt || finding.state === 'rejected';
  const classes = ['mark', `fam-${family}`, `lvl-${finding.level}`];
  if (off) classes.push('exempt');
  if (props.lit === finding.id) classes.push('lit');
  if (props.focused === finding.id) classes.push('focused');
  const tip = finding.exempt ? `${words.review.exempt}: ${finding.ground ?? finding.why}` : `${words.labels.kind[finding.kind]} · ${finding.why}`;
  return (
    <Tooltip title={tip} mouseEnterDelay={0.4}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: number keys pick findings */}
      <mark
        className={classes.join(' ')}
        style={{ '--depth': depth } as React.CSSProperties}
        data-finding={finding.id}
        onMouseEnter={() => props.onHover(finding.id)}
        onMouseLeave={() => props.onHover(null)}
        onClick={(event) => {
          event.stopPropagation();
          props.onPick(finding.id);
        }}
      >
        {opens && no !== null ? (
          <span className="mark-no" aria-hidden="true">
            {no}
          </span>
        ) : null}
        {children}
      </mark>
    </Tooltip>
  );
}

/** Draws one piece with its findings nested, the strongest innermost and so nearest to the words. */
function Piece({ segment, byId, props }: { segment: Segment; byId: ReadonlyMap<string, MarkedFinding>; props: HighlightProps }) {
  let node: ReactNode = segment.text;
  segment.ids.forEach((id, depth) => {
    const mark = byId.get(id);
    if (!mark) return;
    node = (
      <Layer mark={mark} depth={depth} opens={segment.opens.includes(id)} props={props}>
        {node}
      </Layer>
    );
  });
  return node;
}

export const Highlight = memo(function Highlight(props: HighlightProps) {
  const here = props.marks
    .filter((mark) => mark.finding.field === props.field)
    .sort((a, b) => ORDER[a.finding.level] - ORDER[b.finding.level] || (a.no ?? 99) - (b.no ?? 99));
  const spans = here.flatMap(({ finding }) => {
    const place = locateQuote(props.text, finding.quote, finding.start, finding.end);
    return place ? [{ id: finding.id, ...place }] : [];
  });
  const byId = new Map(here.map((mark) => [mark.finding.id, mark]));
  return (
    <>
      {segmentText(props.text, spans).map((segment) => (
        <Piece key={segment.start} segment={segment} byId={byId} props={props} />
      ))}
    </>
  );
});
