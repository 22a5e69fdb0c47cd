"""Topics beside scikit-learn: k-means given the right k, DBSCAN and HDBSCAN their best setting on the other half."""

import time
import warnings

from bench.texts_sets import CHOOSE, JUDGE, SUBJECTS, b_cubed, groups

RADII = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
LEAST = (2, 3, 5, 10)
FLOORS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75)


def vectors(texts):
    from sklearn.feature_extraction.text import TfidfVectorizer

    chinese = any(not text.isascii() for text in texts[:50])
    return (TfidfVectorizer(analyzer="char", ngram_range=(1, 2)) if chinese else TfidfVectorizer()).fit_transform(texts)


def k_means(matrix, k):
    from sklearn.cluster import KMeans, MiniBatchKMeans

    machine = KMeans(k, n_init=1, random_state=0) if k < 500 else MiniBatchKMeans(k, n_init=1, random_state=0)
    return machine.fit_predict(matrix).tolist()


def alone(labels):
    """What scikit-learn calls noise is each a group of its own, which is the better for it on every set."""
    return [label if label >= 0 else -2 - place for place, label in enumerate(labels)]


def dbscan(matrix, radius):
    from sklearn.cluster import DBSCAN

    return alone(DBSCAN(eps=radius, min_samples=2, metric="cosine").fit_predict(matrix).tolist())


def hdbscan(matrix, least):
    from sklearn.cluster import HDBSCAN
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    dense = normalize(TruncatedSVD(50, random_state=0).fit_transform(matrix))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return alone(HDBSCAN(min_cluster_size=least, copy=True).fit_predict(dense).tolist())


def best(settings, method, given, truth):
    return max(settings, key=lambda setting: b_cubed(method(given, setting), truth))


def judged(found, truth, seconds):
    from sklearn.metrics import normalized_mutual_info_score

    nmi = float(normalized_mutual_info_score(truth, found))
    return {"f1": round(b_cubed(found, truth), 3), "nmi": round(nmi, 3), "seconds": round(seconds, 1)}


def measure(name, say):
    """Return of each method its B-cubed F1 and NMI on the half of the groups that is kept apart."""
    from services.demand.domain.texts import topics

    texts, truth = groups(name, JUDGE)
    trial, known = groups(name, CHOOSE)
    matrix, tried = vectors(texts), vectors(trial)
    if name in SUBJECTS:
        ours = {"level": "subject"}
    else:  # as the others get their best radius, we get our best floor
        floor = best(FLOORS, lambda given, at: topics(given, level="wording", floor=at), trial, known)
        ours = {"level": "wording", "floor": floor}
    radius, least = best(RADII, dbscan, tried, known), best(LEAST, hdbscan, tried, known)
    methods = {
        "ours": lambda: topics(texts, **ours),
        "k-means": lambda: k_means(matrix, len(set(truth))),
        "DBSCAN": lambda: dbscan(matrix, radius),
        "HDBSCAN": lambda: hdbscan(matrix, least),
    }
    result = {"texts": len(texts), "groups": len(set(truth)), "floor": ours.get("floor")}
    for method, run in methods.items():
        begun = time.perf_counter()
        result[method] = judged(run(), truth, time.perf_counter() - begun)
    figures = ", ".join(f"{method} {result[method]['f1']}" for method in methods)
    say(f"{name}: {figures}")
    return result
