/** When a page throws while drawing: says so, keeps the bar, offers a reload; drafts are kept on the machine. */
import { Button } from 'antd';
import { Component, type ReactNode } from 'react';
import { useWords } from '../text/language.tsx';

function Crashed({ failure }: { failure: Error }) {
  const words = useWords();
  return (
    <div className="state" role="alert">
      <h2>{words.state.crash}</h2>
      <p>{words.state.crashHint}</p>
      <p className="mono wrap">{failure.message}</p>
      <div className="tools">
        <Button onClick={() => window.location.reload()}>{words.state.reload}</Button>
      </div>
    </div>
  );
}

export class Boundary extends Component<{ children: ReactNode }, { failure: Error | null }> {
  override state = { failure: null as Error | null };
  static getDerivedStateFromError(failure: Error) {
    return { failure };
  }
  override render() {
    return this.state.failure ? <Crashed failure={this.state.failure} /> : this.props.children;
  }
}
