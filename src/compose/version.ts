/** Version of the way an OS image is composed; part of the key of every image. */
export const COMPOSE_VERSION = 3;
