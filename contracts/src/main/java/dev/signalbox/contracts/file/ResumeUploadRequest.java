package dev.signalbox.contracts.file;

/**
 * Carries a resumable upload on.
 *
 * @param id of the resumable upload
 * @param offset where the next piece begins; must be where the upload is
 * @param lengthBytes bytes of the whole, once they are known; -1 to leave that as it is
 * @param checked whether all pieces are discarded unless the upload is finished, because the caller
 *     has a checksum of them
 */
public record ResumeUploadRequest(String id, long offset, long lengthBytes, boolean checked) {}
