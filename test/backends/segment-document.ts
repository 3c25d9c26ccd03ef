/**
 * A segment, or a subsegment that is sent on its own, as far as the tests read it.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export interface SegmentDocument {
  readonly name: string;
  readonly id: string;
  readonly trace_id: string;
  readonly parent_id?: string;
  readonly type?: 'subsegment';
  readonly namespace?: 'remote' | 'aws';
  /** Seconds since 1970. */
  readonly start_time: number;
  readonly end_time: number;
  readonly http?: {
    readonly request?: { readonly method?: string; readonly url?: string };
    readonly response?: { readonly status?: number };
  };
  readonly error?: boolean;
  readonly throttle?: boolean;
  readonly fault?: boolean;
  readonly cause?: { readonly exceptions?: readonly SegmentException[] };
  readonly annotations?: Readonly<Record<string, string | number | boolean>>;
  readonly metadata?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly links?: readonly { readonly trace_id?: string; readonly id?: string }[];
  readonly aws?: {
    readonly cloudwatch_logs?: readonly { readonly log_group?: string; readonly arn?: string }[];
    readonly [part: string]: unknown;
  };
}

export interface SegmentException {
  readonly type?: string;
  readonly message?: string;
  readonly stack?: readonly StackFrame[];
}

export interface StackFrame {
  readonly path: string;
  readonly line: number;
  readonly label: string;
}
