package dev.signalbox.contracts.file;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.EventType;
import dev.signalbox.contracts.Operation;
import java.time.Duration;

/**
 * Operations of file-service. Paths are relative to its root, decoded ({@link PathText}), separated
 * by slashes, beginning with one.
 */
public final class FileContract {

  /** The service that serves these operations. */
  public static final String SERVICE = "file-service";

  /** Finds a file and opens it; small ones come with their content. */
  public static final Operation<OpenFileRequest, OpenFileReply> OPEN =
      Operation.repeatable(
              "file.open", OpenFileRequest.class, OpenFileReply.class, Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /**
   * Reads a piece of a file found before; the caller pulls, so nothing is sent faster than it
   * reads. The instance that found the file ({@link Operation#at}) has it open; any other one opens
   * it when it is still the same version.
   */
  public static final Operation<ReadFileRequest, ReadFileReply> READ =
      Operation.repeatable(
              "file.read", ReadFileRequest.class, ReadFileReply.class, Duration.ofSeconds(20))
          .servedBy(SERVICE);

  /**
   * Offers a range of a file over a connection of its own, for what is too large for the bus; at
   * the instance that found the file or any other one, as {@link #READ}. Served by members of a
   * cluster alone; OVERLOADED when as many as allowed are under way.
   */
  public static final Operation<SendFileRequest, SendFileReply> SEND =
      Operation.repeatable(
              "file.send", SendFileRequest.class, SendFileReply.class, Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** A page of the files under a prefix, in the order of their paths, or of what is in a folder. */
  public static final Operation<ListFilesRequest, ListFilesReply> LIST =
      Operation.repeatable(
              "file.list", ListFilesRequest.class, ListFilesReply.class, Duration.ofSeconds(10))
          .servedBy(SERVICE);

  /** Opens an upload; OVERLOADED when as many as allowed are under way. */
  public static final Operation<BeginUploadRequest, BeginUploadReply> BEGIN_UPLOAD =
      Operation.once(
              "file.begin-upload",
              BeginUploadRequest.class,
              BeginUploadReply.class,
              Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /**
   * Appends a piece to an upload, at the instance that holds it: use {@link Operation#at}.
   * Repeatable because each piece says where it belongs.
   */
  public static final Operation<AppendUploadRequest, Empty> APPEND_UPLOAD =
      Operation.repeatable(
              "file.append-upload", AppendUploadRequest.class, Empty.class, Duration.ofSeconds(20))
          .servedBy(SERVICE);

  /** Makes an upload a visible file, whole and on disk; at the instance that holds it. */
  public static final Operation<FinishUploadRequest, FinishUploadReply> FINISH_UPLOAD =
      Operation.once(
              "file.finish-upload",
              FinishUploadRequest.class,
              FinishUploadReply.class,
              Duration.ofSeconds(30))
          .servedBy(SERVICE);

  /** Gives an upload up and frees its place; at the instance that holds it. */
  public static final Operation<AbortUploadRequest, Empty> ABORT_UPLOAD =
      Operation.repeatable(
              "file.abort-upload", AbortUploadRequest.class, Empty.class, Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** What uploads may take. */
  public static final Operation<Empty, UploadLimitsReply> UPLOAD_LIMITS =
      Operation.repeatable(
              "file.upload-limits", Empty.class, UploadLimitsReply.class, Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /**
   * Creates a resumable upload, which is on disk and so at every instance that shares the root. One
   * of no bytes, or made of others, is a visible file with the reply. LIMIT_REACHED when as many as
   * allowed are unfinished; NOT_FOUND or CONFLICT when a part is missing or unfinished.
   */
  public static final Operation<CreateResumableRequest, CreateResumableReply> CREATE_RESUMABLE =
      Operation.once(
              "file.create-resumable",
              CreateResumableRequest.class,
              CreateResumableReply.class,
              Duration.ofSeconds(30))
          .servedBy(SERVICE);

  /**
   * How far a resumable upload is. One whose bytes are all there is a visible file afterwards,
   * unless its path or a quota has no room for it now.
   */
  public static final Operation<ResumableStatusRequest, ResumableStatusReply> RESUMABLE_STATUS =
      Operation.repeatable(
              "file.resumable-status",
              ResumableStatusRequest.class,
              ResumableStatusReply.class,
              Duration.ofSeconds(20))
          .servedBy(SERVICE);

  /**
   * Opens a resumable upload at its offset. Pieces follow by {@link #APPEND_UPLOAD}, with offsets
   * of the whole; {@link #FINISH_UPLOAD} with the new offset syncs what came, and makes it a
   * visible file when that is all; {@link #ABORT_UPLOAD} keeps what came, unless it is checked.
   */
  public static final Operation<ResumeUploadRequest, ResumeUploadReply> RESUME_UPLOAD =
      Operation.once(
              "file.resume-upload",
              ResumeUploadRequest.class,
              ResumeUploadReply.class,
              Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** Removes a resumable upload and what came of it; NOT_FOUND when there is none. */
  public static final Operation<TerminateResumableRequest, TerminateResumableReply>
      TERMINATE_RESUMABLE =
          Operation.once(
                  "file.terminate-resumable",
                  TerminateResumableRequest.class,
                  TerminateResumableReply.class,
                  Duration.ofSeconds(10))
              .servedBy(SERVICE);

  /** Deletes a file. */
  public static final Operation<DeleteFileRequest, DeleteFileReply> DELETE =
      Operation.once(
              "file.delete", DeleteFileRequest.class, DeleteFileReply.class, Duration.ofSeconds(10))
          .servedBy(SERVICE);

  /**
   * Gives a file another name, in one step. CONFLICT for a directory, and for a new path on another
   * volume.
   */
  public static final Operation<MoveFileRequest, MoveFileReply> MOVE =
      Operation.once(
              "file.move", MoveFileRequest.class, MoveFileReply.class, Duration.ofSeconds(10))
          .servedBy(SERVICE);

  /**
   * Copies a file; the copy is visible only whole. OVERLOADED when as many uploads as allowed are
   * under way, which a copy counts as; CONFLICT for a directory, and when the file is changed in
   * place meanwhile. Nothing is left of a copy that fails or is cancelled.
   */
  public static final Operation<MoveFileRequest, MoveFileReply> COPY =
      Operation.once("file.copy", MoveFileRequest.class, MoveFileReply.class, Duration.ofMinutes(2))
          .servedBy(SERVICE);

  /**
   * A file was stored or deleted by one of the replicas; what is remembered of it no longer holds.
   */
  public static final EventType<FileChangedEvent> CHANGED =
      new EventType<>("file.entry.changed", FileChangedEvent.class);

  private FileContract() {}
}
