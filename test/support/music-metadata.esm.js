export * from 'music-metadata';
