/** Jest's types call its matchers `any`, which nothing checks. Overloads that come later go first. */
export {};

declare global {
	namespace jest {
		interface Expect {
			any(type: unknown): unknown;
			arrayContaining(entries: readonly unknown[]): unknown;
			closeTo(number: number, digits?: number): unknown;
			objectContaining(part: object): unknown;
			stringContaining(part: string): unknown;
			stringMatching(pattern: string | RegExp): unknown;
		}
	}
}
