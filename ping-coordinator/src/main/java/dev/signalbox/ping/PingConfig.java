package dev.signalbox.ping;

import dev.signalbox.ping.ledger.ContributorRules;
import dev.signalbox.ping.ledger.LedgerSettings;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.time.Duration;

/**
 * Section {@code ping} of the configuration.
 *
 * @param leaseTime how long a lease lasts without a heartbeat; 1 ms to 7 days
 * @param sweepInterval how often ended leases are looked for; 10 ms to 10 minutes
 * @param includeSpecialPurpose whether IANA special-purpose blocks are tasks too
 * @param firstTask lowest index a new ledger is filled with; 0 to 65535
 * @param initialTasks how many tasks a new ledger is filled with at most; 0 to 65536
 * @param maxTasks task indices stay below this, added tasks included; 1 to 10,000,000
 * @param maxErrors how many errors are kept, the newest; 1 to 1,000,000
 * @param maxRatePps packets per second a worker may send at most; 1 to 1,000,000
 * @param maxLeased tasks that one contributor may hold at once; 1 to 65536
 * @param maxLeasedPerAddress tasks that workers without a contributor may hold from one address; 1
 *     to 65536
 * @param newNamesPerAddress new contributors from one address within a day; 1 to 1,000,000
 * @param checkPercent share of results that another contributor repeats, in percent; 0 to 20
 * @param churnPercent share of the answering addresses that may differ between two results; 0 to
 *     100
 * @param optOutFile networks that asked not to be pinged; empty for none
 * @param maxInFlight requests under way at once; 1 to 100,000; one more is refused as overloaded
 */
public record PingConfig(
    @Setting(
            value = "600s",
            doc = "How long a lease lasts without a heartbeat; 1 ms to 7 d. Its tasks then return")
        Duration leaseTime,
    @Setting(value = "1s", doc = "How often ended leases are looked for; 10 ms to 10 m")
        Duration sweepInterval,
    @Setting(
            value = "false",
            doc = "Whether IANA special-purpose blocks are tasks too; true or false")
        boolean includeSpecialPurpose,
    @Setting(value = "0", doc = "Lowest index a new ledger is filled with; 0 to 65535")
        int firstTask,
    @Setting(
            value = "65536",
            doc = "How many tasks a new ledger is filled with at most; 0 to 65536")
        int initialTasks,
    @Setting(
            value = "131072",
            doc = "Task indices stay below this, added tasks included; 1 to 10000000")
        int maxTasks,
    @Setting(value = "10000", doc = "How many errors are kept, the newest; 1 to 1000000")
        int maxErrors,
    @Setting(value = "500", doc = "Packets per second a worker may send at most; 1 to 1000000")
        int maxRatePps,
    @Setting(value = "256", doc = "Tasks that one contributor may hold at once; 1 to 65536")
        int maxLeased,
    @Setting(
            value = "1024",
            doc = "Tasks that workers without a contributor may hold from one address; 1 to 65536")
        int maxLeasedPerAddress,
    @Setting(value = "10", doc = "New contributors from one address within a day; 1 to 1000000")
        int newNamesPerAddress,
    @Setting(
            value = "10",
            doc =
                "Share of results that another contributor repeats, in percent; 0 to 20. Five times"
                    + " as many of newcomers, a third of the proven")
        int checkPercent,
    @Setting(
            value = "25",
            doc =
                "Share of the answering addresses that may differ between two results, in percent;"
                    + " 0 to 100")
        int churnPercent,
    @Setting(
            value = "",
            doc =
                "File of networks that asked not to be pinged, a line each: network, day, who"
                    + " asked, and perhaps why. Read again when it changes")
        String optOutFile,
    @Setting(
            value = "4096",
            doc = "Requests under way at once; 1 to 100000. One more is refused as overloaded")
        int maxInFlight) {

  public PingConfig {
    ConfigProblems.of("ping")
        .check(
            within(leaseTime, Duration.ofMillis(1), Duration.ofDays(7)),
            "lease-time",
            "must be between 1ms and 7d")
        .check(
            within(sweepInterval, Duration.ofMillis(10), Duration.ofMinutes(10)),
            "sweep-interval",
            "must be between 10ms and 10m")
        .range("first-task", firstTask, 0, 65_535)
        .range("initial-tasks", initialTasks, 0, 65_536)
        .range("max-tasks", maxTasks, 1, 10_000_000)
        .range("max-errors", maxErrors, 1, 1_000_000)
        .range("max-rate-pps", maxRatePps, 1, 1_000_000)
        .range("max-leased", maxLeased, 1, 65_536)
        .range("max-leased-per-address", maxLeasedPerAddress, 1, 65_536)
        .range("new-names-per-address", newNamesPerAddress, 1, 1_000_000)
        .range("check-percent", checkPercent, 0, 20)
        .range("churn-percent", churnPercent, 0, 100)
        .range("max-in-flight", maxInFlight, 1, 100_000)
        .throwIfAny();
  }

  LedgerSettings ledger() {
    return new LedgerSettings(
        leaseTime,
        sweepInterval,
        includeSpecialPurpose,
        firstTask,
        initialTasks,
        maxTasks,
        maxErrors,
        maxRatePps,
        new ContributorRules(
            maxLeased, maxLeasedPerAddress, newNamesPerAddress, checkPercent, churnPercent));
  }

  private static boolean within(Duration value, Duration min, Duration max) {
    return value.compareTo(min) >= 0 && value.compareTo(max) <= 0;
  }
}
