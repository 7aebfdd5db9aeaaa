/**
 * The pictures of a post, each beside the words and codes a machine read from it, or beside the reason why there are
 * none: a reviewer never takes "nothing read" for "nothing there".
 */
import type { PictureView, PostView } from '../../../core/model/api.ts';
import { addressOf } from '../../api/client.ts';
import { useAwaited } from '../../api/queries.ts';
import { Highlight, type MarkedFinding } from '../../parts/highlight.tsx';
import { MaskedPicture } from '../../parts/masked-picture.tsx';
import { useWords } from '../../text/language.tsx';
import { type PictureWords, wordsOfPictures } from './picture-words.ts';
import type { Review } from './use-review.ts';

/** Marks of the words of one picture, with their places counted from where its words begin. */
const marksIn = (marks: readonly MarkedFinding[], { from, text }: PictureWords): MarkedFinding[] =>
  marks.flatMap(({ finding, no }) => {
    const { start, end } = finding;
    if (start === null || end === null) return [{ finding, no }];
    return start >= from && start < from + text.length ? [{ no, finding: { ...finding, start: start - from, end: end - from } }] : [];
  });

/** Too many pixels for us are too many for the reviewer's browser: not shown here. */
function Shown({ post, n, picture }: { post: PostView; n: number; picture: PictureView }) {
  const words = useWords();
  const address = addressOf(`/posts/${post.id}/pictures/${n}`);
  const name = words.review.picture(n + 1);
  if (picture.state === 'too_large') return <p className="meta picture-none">{words.review.pictureWithheld}</p>;
  return (
    <div>
      <MaskedPicture key={picture.state} address={address} name={name} />
    </div>
  );
}

function One({ post, n, of, picture, said, review }: { post: PostView; n: number; of: number; picture: PictureView; said: PictureWords; review: Review }) {
  const words = useWords();
  const marks = review.ordered.all.filter((mark) => mark.finding.postId === post.id && mark.finding.field === 'imageText');
  const size = picture.width && picture.height ? `${picture.width} × ${picture.height}` : '';
  return (
    <div className="picture-pair" data-picture={picture.state}>
      <div>
        {of > 1 ? <h5 className="meta">{words.review.picture(n + 1)}</h5> : null}
        {said.text ? (
          <p className="post-text">
            <Highlight
              text={said.text}
              field="imageText"
              marks={marksIn(marks, said)}
              lit={review.lit}
              focused={review.focused}
              onHover={review.setLit}
              onPick={review.focus}
            />
          </p>
        ) : (
          <p className="meta">
            {words.labels.pictureState[picture.state]}
            {picture.state === 'too_large' && size ? ` (${size})` : ''}
          </p>
        )}
      </div>
      <Shown post={post} n={n} picture={picture} />
    </div>
  );
}

/** Everything known of a post's pictures; nothing when it has none. */
export function Pictures({ post, review }: { post: PostView; review: Review }) {
  const words = useWords();
  const said = wordsOfPictures(post.input.imageText, post.pictures.length);
  useAwaited(
    review.view.id,
    post.pictures.some((picture) => picture.state === 'waiting'),
  );
  const unseen = Math.max(0, (post.input.images?.length ?? 0) - post.pictures.length);
  const more = unseen > 0 ? <p className="meta">{words.review.picturesUnseen(unseen, post.text.trim() !== '')}</p> : null;
  if (post.pictures.length === 0) return more;
  const read = post.pictures.some((picture) => picture.state === 'ok');
  return (
    <section className="picture-words" aria-label={words.review.fields.imageText}>
      <h4 className="meta">
        {words.review.fields.imageText}
        {read ? ` · ${words.review.pictureNote}` : ''}
      </h4>
      {post.pictures.map((picture, n) => (
        <One key={n} post={post} n={n} of={post.pictures.length} picture={picture} said={said[n] ?? { from: 0, text: '' }} review={review} />
      ))}
      {more}
    </section>
  );
}
