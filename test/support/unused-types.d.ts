// Stands for the declarations of libraries whose types are not used here; see tsconfig.json.
export {};
