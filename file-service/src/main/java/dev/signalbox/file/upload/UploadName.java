package dev.signalbox.file.upload;

import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.file.tree.MediaTypes;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Names for uploads that came without one: {@code upload_YYYYMMDD_HHMMSS_xxxx.json}, in UTC. */
final class UploadName {

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuuMMdd_HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

  private final Clock clock;
  private final RandomGenerator random;

  UploadName(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /**
   * A name that is probably free.
   *
   * @param fileName the client's, whose ending is kept when it is safe; null for none
   */
  String next(BeginUploadRequest.Kind kind, @Nullable String fileName) {
    StringBuilder name =
        new StringBuilder(32).append("upload_").append(SECOND.format(clock.instant())).append('_');
    for (int i = 0; i < 4; i++) {
      name.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
    }
    return name.append(ending(kind, fileName)).toString();
  }

  private static String ending(BeginUploadRequest.Kind kind, @Nullable String fileName) {
    String kept = fileName == null ? null : MediaTypes.keptEnding(fileName);
    return switch (kind) {
      case JSON -> ".json";
      case TEXT -> "." + Objects.requireNonNullElse(kept, "txt");
      case BYTES -> "." + Objects.requireNonNullElse(kept, "bin");
    };
  }
}
