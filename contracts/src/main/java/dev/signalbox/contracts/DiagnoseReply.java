package dev.signalbox.contracts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a process finds wrong with itself.
 *
 * @param process id of the process; equal for all services in it
 * @param host name of the machine or container
 * @param pid id of the process on its host
 * @param version of the process
 * @param clockEpochMs its clock when it replied, milliseconds since 1970-01-01 UTC
 * @param checkedAtEpochMs when it looked last; 0 for never
 * @param findings what is wrong, the worst first; at most {@value #MOST_FINDINGS}
 */
public record DiagnoseReply(
    String process,
    String host,
    long pid,
    String version,
    long clockEpochMs,
    long checkedAtEpochMs,
    List<Finding> findings)
    implements ProcessReply {

  /** Most findings of one process. */
  public static final int MOST_FINDINGS = 200;

  public DiagnoseReply {
    findings = List.copyOf(findings);
  }

  /**
   * One thing that is wrong. The texts are those of the process that found it, which may be of
   * another version than the one that shows them.
   *
   * @param code stable name
   * @param severity {@code error} or {@code warning}
   * @param title what is wrong in general
   * @param detail what is wrong here, with figures
   * @param sinceEpochMs when it began, milliseconds since 1970-01-01 UTC
   * @param service it concerns; null for the process
   * @param node instance of the service in the process that found it; null for the process
   * @param action what to do
   * @param docs page and anchor in the repository that say more
   */
  public record Finding(
      String code,
      String severity,
      String title,
      String detail,
      long sinceEpochMs,
      @Nullable String service,
      @Nullable String node,
      String action,
      String docs) {}
}
