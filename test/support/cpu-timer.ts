/**
 * Measures what work takes on any machine, however busy.
 *
 * @returns how much processor time this process has used since, in milliseconds
 */
export function cpuTimer(): () => number {
	const start = process.cpuUsage();
	return () => {
		const { user, system } = process.cpuUsage(start);
		return (user + system) / 1000;
	};
}
