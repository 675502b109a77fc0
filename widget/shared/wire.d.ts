// Written by bot/wire_types.py from bot/wire.py and conversation/events.py: change those, then run it again.
// A field with a default may be absent from a frame, hence the question marks.

export interface Source {
  article: string;
  title: string;
  url: string;
  language: string;
}

export interface Started {
  kind: "started";
  client_id?: string;
  language: string;
  page?: string;
}

export interface Said {
  kind: "said";
  client_id?: string;
  text: string;
  article?: string;
  chosen?: string;
}

export interface Answered {
  kind: "answered";
  client_id?: string;
  re: number;
  text: string;
  html: string;
  source: Source;
  certainty: number;
  asks?: boolean;
}

export interface Offered {
  kind: "offered";
  client_id?: string;
  re: number;
  text: string;
  choices?: Source[];
}

export interface Remarked {
  kind: "remarked";
  client_id?: string;
  re: number;
  text: string;
  purpose: string;
}

export interface Decided {
  kind: "decided";
  client_id?: string;
  about: number;
  outcome: string;
  threshold: number;
  hits?: Record<string, unknown>[];
  note?: string;
  form?: Record<string, unknown> | null;
  language?: string;
}

export interface HandoffAsked {
  kind: "handoff";
  client_id?: string;
  reason: "customer_request" | "low_confidence" | "ambiguous" | "missing_knowledge" | "unsupported_request" | "policy_restriction" | "negative_sentiment" | "complaint" | "max_turns" | "action_failure" | "bot_error";
  text?: string;
}

export interface ContactLeft {
  kind: "contact";
  client_id?: string;
  email: string;
}

export interface Claimed {
  kind: "claimed";
  client_id?: string;
  agent: string;
  name: string;
}

export interface Released {
  kind: "released";
  client_id?: string;
  agent: string;
  name: string;
}

export interface HandedBack {
  kind: "handed_back";
  client_id?: string;
  agent: string;
  name: string;
}

export interface Replied {
  kind: "replied";
  client_id?: string;
  agent: string;
  name: string;
  text: string;
}

export interface Noted {
  kind: "noted";
  client_id?: string;
  agent: string;
  name: string;
  text: string;
}

export interface Snoozed {
  kind: "snoozed";
  client_id?: string;
  agent: string;
  name: string;
  until: number;
}

export interface Woken {
  kind: "woken";
  client_id?: string;
}

export interface Resolved {
  kind: "resolved";
  client_id?: string;
  by: "agent" | "customer" | "confirmed" | "inactivity";
  agent?: string;
  name?: string;
}

export interface Closed {
  kind: "closed";
  client_id?: string;
}

export interface Judged {
  kind: "judged";
  client_id?: string;
  about: number;
  right: boolean;
  giver: string;
  agent?: string;
  name?: string;
  why?: string;
}

export interface Rated {
  kind: "rated";
  client_id?: string;
  value: number;
  comment?: string;
}

/** An entry that is not for this reader: it only moves the number on. */
export interface Hidden { kind: "hidden" }

export type EntryData =
  | Started
  | Said
  | Answered
  | Offered
  | Remarked
  | Decided
  | HandoffAsked
  | ContactLeft
  | Claimed
  | Released
  | HandedBack
  | Replied
  | Noted
  | Snoozed
  | Woken
  | Resolved
  | Closed
  | Judged
  | Rated
  | Hidden;

export interface Resume {
  conversation: string;
  after_seq?: number;
}

export interface Hello {
  token?: string | null;
  language?: "da" | "en" | "nb" | "nn" | "sv";
  chosen?: boolean;
  page?: string;
  epoch?: string | null;
  resume?: Resume[];
  window?: number | null;
}

export interface HelloFrame {
  type: "hello";
  data: Hello;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Say {
  client_id: string;
  text: string;
  article?: string | null;
  new?: boolean;
}

export interface SayFrame {
  type: "say";
  data: Say;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface Typing {
  on?: boolean;
}

export interface TypingFrame {
  type: "typing";
  data?: Typing;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface Seen {
  seq: number;
}

export interface SeenFrame {
  type: "seen";
  data: Seen;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface Delivered {
  seq: number;
}

export interface DeliveredFrame {
  type: "delivered";
  data: Delivered;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface RequestHuman {
  client_id: string;
  new?: boolean;
}

export interface RequestHumanFrame {
  type: "request_human";
  data: RequestHuman;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface LeaveEmail {
  client_id: string;
  email: string;
}

export interface LeaveEmailFrame {
  type: "leave_email";
  data: LeaveEmail;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface Act {
  client_id: string;
}

export interface EndFrame {
  type: "end";
  data: Act;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface Rate {
  client_id: string;
  value: number;
  comment?: string;
}

export interface RateFrame {
  type: "rate";
  data: Rate;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface Helped {
  client_id: string;
  seq: number;
  helped: boolean;
}

export interface HelpedFrame {
  type: "helped";
  data: Helped;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface SetLanguage {
  language: "da" | "en" | "nb" | "nn" | "sv";
  chosen?: boolean;
}

export interface SetLanguageFrame {
  type: "set_language";
  data: SetLanguage;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface RevokeFrame {
  type: "revoke";
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Back {
  before_seq: number;
  limit?: number;
}

export interface BackFrame {
  type: "history";
  data: Back;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface PingFrame {
  type: "ping";
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface StaffHello {
  epoch?: string | null;
  resume?: Resume[];
  window?: number | null;
}

export interface StaffHelloFrame {
  type: "hello";
  data: StaffHello;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Open {
  after_seq?: number;
  window?: number | null;
}

export interface OpenFrame {
  type: "open";
  data?: Open;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface ShutFrame {
  type: "shut";
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface Reply {
  client_id: string;
  text: string;
}

export interface ReplyFrame {
  type: "reply";
  data: Reply;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface NoteFrame {
  type: "note";
  data: Reply;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface ClaimFrame {
  type: "claim";
  data: Act;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface ReleaseFrame {
  type: "release";
  data: Act;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface HandBackFrame {
  type: "hand_back";
  data: Act;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface ResolveFrame {
  type: "resolve";
  data: Act;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface Judge {
  client_id: string;
  seq: number;
  right: boolean;
  why?: string;
}

export interface JudgeFrame {
  type: "judge";
  data: Judge;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface StaffTypingFrame {
  type: "typing";
  data?: Typing;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface StaffSeenFrame {
  type: "seen";
  data: Seen;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface StaffDeliveredFrame {
  type: "delivered";
  data: Delivered;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface SuggestFrame {
  type: "suggest";
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
}

export interface Site {
  name: string;
  languages: string[];
  retention_days: number;
  brand?: string;
}

export interface State {
  status: string;
  owner: string;
  episode: number;
  language?: string;
  reason?: string | null;
  agent?: string | null;
  rated?: number | null;
  email?: string | null;
}

export interface Welcome {
  token: string;
  epoch: string;
  site: Site;
  language: string;
  people_available: boolean;
  last_seq?: number;
  state?: State | null;
  seen_by_staff?: number;
  delivered_to_staff?: number;
}

export interface WelcomeFrame {
  type: "welcome";
  data: Welcome;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface Me {
  id: string;
  name: string;
  role: string;
  language: string;
}

export interface StaffWelcome {
  me: Me;
  epoch: string;
  site: Site;
}

export interface StaffWelcomeFrame {
  type: "staff_welcome";
  data: StaffWelcome;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Chat {
  id: string;
  status: string;
  owner: string;
  episode: number;
  language: string;
  last_seq: number;
  title: string;
  last_text: string;
  last_kind: string;
  created_at: string;
  updated_at: string;
  agent?: string | null;
  reason?: string | null;
  queued_at?: string | null;
  waiting_since?: string | null;
  rated?: number | null;
  comment?: string | null;
  email?: string | null;
  page?: string | null;
  said?: string | null;
  last_said?: number;
  seen_by_customer?: number;
  seen_by_staff?: number;
  delivered_to_customer?: number;
  delivered_to_staff?: number;
}

export interface Chats {
  items: Chat[];
  page?: number;
  more?: boolean;
}

export interface ChatsFrame {
  type: "chats";
  data: Chats;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface ChatFrame {
  type: "chat";
  conversation: string;
  data: Chat;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface EntryFrame {
  type: "entry";
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation: string;
  seq: number;
  data: EntryData;
}

export interface Replay {
  from_seq: number;
  to_seq: number;
}

export interface ReplayBeginFrame {
  type: "replay_begin";
  conversation: string;
  data: Replay;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface ReplayEndFrame {
  type: "replay_end";
  conversation: string;
  data: Replay;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface ResyncRequiredFrame {
  type: "resync_required";
  conversation?: string | null;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Ack {
  client_id: string;
  seq: number;
}

export interface AckFrame {
  type: "ack";
  data: Ack;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface Typist {
  who: string;
  on: boolean;
  name?: string;
  wait_s?: number | null;
}

export interface TypistFrame {
  type: "typing";
  conversation: string;
  data: Typist;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface SeenBy {
  who: string;
  seq: number;
}

export interface SeenByFrame {
  type: "seen";
  conversation: string;
  data: SeenBy;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface DeliveredTo {
  who: string;
  seq: number;
}

export interface DeliveredToFrame {
  type: "delivered";
  conversation: string;
  data: DeliveredTo;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Presence {
  who: string;
  here: boolean;
}

export interface PresenceFrame {
  type: "presence";
  conversation: string;
  data: Presence;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Past {
  before_seq: number;
  entries: EntryFrame[];
}

export interface PastFrame {
  type: "history";
  conversation: string;
  data: Past;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface StateFrame {
  type: "state";
  conversation: string;
  data: State;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Queue {
  position: number;
  wait_s?: [number, number] | null;
}

export interface QueueFrame {
  type: "queue";
  conversation: string;
  data: Queue;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Survey {
  episode: number;
}

export interface SurveyFrame {
  type: "survey";
  conversation: string;
  data: Survey;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Suggestion {
  article: string;
  language: string;
  title: string;
  url: string;
  certainty: number;
  sentence: string;
  before?: string;
  after?: string;
  audience?: string;
}

export interface Suggestions {
  seq: number;
  mood: string;
  signs?: string[];
  looked?: boolean;
  failed?: boolean;
  items?: Suggestion[];
  reply?: Suggestion | null;
}

export interface SuggestionsFrame {
  type: "suggestions";
  conversation: string;
  data: Suggestions;
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export interface Fault {
  code: string;
  message: string;
  client_id?: string | null;
  retry_after?: number | null;
  owner?: string | null;
}

export interface ErrorFrame {
  type: "error";
  data: Fault;
  v: 1;
  id?: string | null;
  ts?: string | null;
  conversation?: string | null;
}

export interface PongFrame {
  type: "pong";
  v: 1;
  id?: string | null;
  ts?: string | null;
}

export type CustomerFrame =
  | HelloFrame
  | SayFrame
  | TypingFrame
  | SeenFrame
  | DeliveredFrame
  | RequestHumanFrame
  | LeaveEmailFrame
  | EndFrame
  | RateFrame
  | HelpedFrame
  | SetLanguageFrame
  | RevokeFrame
  | BackFrame
  | PingFrame;

export type StaffFrames =
  | StaffHelloFrame
  | OpenFrame
  | ShutFrame
  | ReplyFrame
  | NoteFrame
  | ClaimFrame
  | ReleaseFrame
  | HandBackFrame
  | ResolveFrame
  | JudgeFrame
  | StaffTypingFrame
  | StaffSeenFrame
  | StaffDeliveredFrame
  | SuggestFrame
  | BackFrame
  | PingFrame;

export type ServerFrame =
  | WelcomeFrame
  | StaffWelcomeFrame
  | ChatsFrame
  | ChatFrame
  | EntryFrame
  | ReplayBeginFrame
  | ReplayEndFrame
  | ResyncRequiredFrame
  | AckFrame
  | TypistFrame
  | SeenByFrame
  | DeliveredToFrame
  | PresenceFrame
  | PastFrame
  | StateFrame
  | QueueFrame
  | SurveyFrame
  | SuggestionsFrame
  | ErrorFrame
  | PongFrame;
