package dev.signalbox.file;

import dev.signalbox.platform.diagnostic.DiagnosticCheck;
import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.Symptom;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Whether {@code file.max-total-bytes} is almost used up. */
final class QuotaCheck implements DiagnosticCheck {

  private static final double ALMOST = 0.9;
  private static final double PERCENT = 100;

  private final LongSupplier used;
  private final long most;

  QuotaCheck(LongSupplier used, long most) {
    this.used = used;
    this.most = most;
  }

  @Override
  public List<Symptom> check() {
    long bytes = used.getAsLong();
    return bytes > ALMOST * most
        ? List.of(
            Symptom.of(
                FindingCode.FILE_QUOTA,
                String.format(
                    Locale.ROOT,
                    "Files take %d of %d bytes (file.max-total-bytes), %.1f %%.",
                    bytes,
                    most,
                    PERCENT * bytes / most)))
        : List.of();
  }
}
