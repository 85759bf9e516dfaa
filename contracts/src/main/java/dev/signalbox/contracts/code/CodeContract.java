package dev.signalbox.contracts.code;

import dev.signalbox.contracts.EventType;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import java.time.Duration;

/** Operations of code-service. */
public final class CodeContract {

  /** The service that serves these operations. */
  public static final String SERVICE = "code-service";

  /** A uuid's code; the same for ever. An uuid that breaks the rules is INVALID_REQUEST. */
  public static final Operation<IssueCodeRequest, IssueCodeReply> ISSUE =
      Operation.repeatable(
              "code.issue", IssueCodeRequest.class, IssueCodeReply.class, Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /**
   * Stores a message durably. Not repeatable: without an idempotency key a second try stores twice.
   */
  public static final Operation<StoreMessageRequest, StoreMessageReply> STORE_MESSAGE =
      Operation.once(
              "code.store-message",
              StoreMessageRequest.class,
              StoreMessageReply.class,
              Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** A page of messages in the order they were stored. */
  public static final Operation<ListMessagesRequest, ListMessagesReply> LIST_MESSAGES =
      Operation.repeatable(
              "code.list-messages",
              ListMessagesRequest.class,
              ListMessagesReply.class,
              Duration.ofSeconds(10))
          .servedBy(SERVICE);

  /**
   * Recomputes the hash chain over all messages; TIMEOUT when there are more than fit into its
   * time. Harmless to repeat, and yet once: a try that may be repeated gets half of the time.
   */
  public static final Operation<VerifyMessagesRequest, VerifyMessagesReply> VERIFY_MESSAGES =
      Operation.once(
              "code.verify-messages",
              VerifyMessagesRequest.class,
              VerifyMessagesReply.class,
              Duration.ofSeconds(60))
          .servedBy(SERVICE);

  /** How the log stands, signed. */
  public static final Operation<GetCheckpointRequest, GetCheckpointReply> GET_CHECKPOINT =
      Operation.repeatable(
              "code.get-checkpoint",
              GetCheckpointRequest.class,
              GetCheckpointReply.class,
              Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** Task {@code issue_code}, params {@code uuid}. */
  public static final Operation<TaskRequest, TaskReply> ISSUE_TASK =
      Operation.repeatable(
              "code.issue-task", TaskRequest.class, TaskReply.class, Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** Task {@code store_message}, params {@code uuid, unique, text}. */
  public static final Operation<TaskRequest, TaskReply> STORE_MESSAGE_TASK =
      Operation.once(
              "code.store-message-task", TaskRequest.class, TaskReply.class, Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** Messages were stored; published after each commit that stored any. */
  public static final EventType<MessagesStoredEvent> MESSAGES_STORED =
      new EventType<>("code.message.stored", MessagesStoredEvent.class);

  private CodeContract() {}
}
