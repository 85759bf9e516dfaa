package dev.signalbox.code;

import dev.signalbox.contracts.code.ListMessagesRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which messages a search wants, beside the uuid, for which there is an index. The times of
 * messages are those of the replicas' clocks and may go back, so none ends a search.
 */
record MessageFilter(
    @Nullable Long sinceMs, @Nullable Long untilMs, @Nullable String lowerCaseText) {

  static MessageFilter of(ListMessagesRequest request) {
    String contains = request.contains();
    return new MessageFilter(
        request.sinceEpochMs(),
        request.untilEpochMs(),
        contains == null ? null : contains.toLowerCase(Locale.ROOT));
  }

  boolean matchesAll() {
    return sinceMs == null && untilMs == null && lowerCaseText == null;
  }

  boolean matches(Message message) {
    return (sinceMs == null || message.storedAtMs() >= sinceMs)
        && (untilMs == null || message.storedAtMs() < untilMs)
        && (lowerCaseText == null
            || message.text().toLowerCase(Locale.ROOT).contains(lowerCaseText));
  }
}
