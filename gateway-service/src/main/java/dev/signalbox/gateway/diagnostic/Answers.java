package dev.signalbox.gateway.diagnostic;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ProcessReply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What instances answered that were all asked the same. A process of several services answers for
 * each of them.
 *
 * @param replies one of each process that answered, by host and process id
 * @param instances those that answered, by their process
 * @param unanswered those that did not
 */
record Answers<R extends ProcessReply>(
    List<R> replies, Map<String, List<InstanceView>> instances, List<UnansweredView> unanswered) {

  /**
   * What one instance answered.
   *
   * @param reply null when there is none
   * @param reason why there is none; empty when there is one
   */
  record Answer<R>(Announcement instance, @Nullable R reply, String reason) {

    /** Never fails. */
    static <R> Future<Answer<R>> of(
        Announcement instance, Operation<?, ?> operation, Future<R> call) {
      return call.map(reply -> new Answer<>(instance, reply, ""))
          .otherwise(
              failure -> new Answer<>(instance, null, UnansweredView.reason(operation, failure)));
    }
  }

  /**
   * Brings answers together.
   *
   * @param better the one to keep of two replies of a process
   */
  static <R extends ProcessReply> Answers<R> of(List<Answer<R>> all, BinaryOperator<R> better) {
    Map<String, R> replies = new LinkedHashMap<>();
    Map<String, List<InstanceView>> instances = new LinkedHashMap<>();
    List<UnansweredView> unanswered = new ArrayList<>();
    for (Answer<R> answer : all) {
      R reply = answer.reply;
      if (reply == null) {
        unanswered.add(UnansweredView.of(answer.instance, answer.reason));
        continue;
      }
      replies.merge(reply.process(), reply, better);
      instances
          .computeIfAbsent(reply.process(), _ -> new ArrayList<>())
          .add(InstanceView.of(answer.instance));
    }
    List<R> sorted =
        replies.values().stream()
            .sorted(Comparator.comparing(ProcessReply::host).thenComparingLong(ProcessReply::pid))
            .toList();
    return new Answers<>(sorted, instances, unanswered);
  }

  /** The instances of a process. */
  List<InstanceView> of(R reply) {
    return instances.getOrDefault(reply.process(), List.of());
  }
}
