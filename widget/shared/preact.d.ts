// What of Preact, its hooks, its signals and htm we use. Templates are not type-checked, so their values are `any`.
export interface VNode {
  type: unknown;
  props: unknown;
  key: unknown;
}
export type View = VNode | string | number | boolean | null | undefined | View[];

export function h(type: unknown, props?: object | null, ...children: unknown[]): VNode;
export function render(node: View, parent: Element): void;
export const Fragment: unknown;
export interface Context<T> {
  Provider: unknown;
  readonly default?: T;
}
export function createContext<T>(value: T): Context<T>;
export function html(strings: TemplateStringsArray, ...values: any[]): VNode;

export interface Ref<T> {
  current: T;
}
export function useState<T>(initial: T | (() => T)): [T, (next: T | ((before: T) => T)) => void];
export function useEffect(run: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useLayoutEffect(run: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useRef<T>(initial: T): Ref<T>;
export function useMemo<T>(make: () => T, inputs: readonly unknown[]): T;
export function useCallback<T>(fn: T, inputs: readonly unknown[]): T;
export function useContext<T>(context: Context<T>): T;
export function useId(): string;

export interface ReadonlySignal<T> {
  readonly value: T;
  peek(): T;
  subscribe(fn: (value: T) => void): () => void;
}
export interface Signal<T> extends ReadonlySignal<T> {
  value: T;
}
export function signal<T>(value: T): Signal<T>;
export function computed<T>(fn: () => T): ReadonlySignal<T>;
export function effect(fn: () => void | (() => void)): () => void;
export function batch<T>(fn: () => T): T;
export function untracked<T>(fn: () => T): T;
export function useSignal<T>(value: T): Signal<T>;
export function useComputed<T>(fn: () => T): ReadonlySignal<T>;
export function useSignalEffect(fn: () => void | (() => void)): void;
