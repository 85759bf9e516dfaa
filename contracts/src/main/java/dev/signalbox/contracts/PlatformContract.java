package dev.signalbox.contracts;

import java.time.Duration;

/** What every instance of every service serves. */
public final class PlatformContract {

  /** Stands for the service of an operation that all of them serve. */
  public static final String EVERY_SERVICE = "every service";

  /** What is wrong with the process of an instance; served at each instance's own address. */
  public static final Operation<Empty, DiagnoseReply> DIAGNOSE =
      Operation.repeatable(
              "platform.diagnose", Empty.class, DiagnoseReply.class, Duration.ofSeconds(4))
          .servedBy(EVERY_SERVICE);

  private PlatformContract() {}
}
